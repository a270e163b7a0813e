"""휴대폰 티켓 · Phone tickets: tickets in the wallet apps of phones, Apple's and Google's. Pure."""
