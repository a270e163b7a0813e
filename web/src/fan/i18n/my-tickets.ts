// Words of the address that tickets are sent to, and of finding them again. Loaded with the components
// that say them.
import { currentLanguage } from "../../i18n/language.svelte.ts";

const ko = {
  email: "티켓을 받을 이메일",
  emailHint: "티켓과 링크를 보내 드려요. 이 브라우저가 없어도 티켓을 볼 수 있어요.",
  emailOptional: "티켓을 받을 이메일 (선택)",
  moveHint: "티켓과 링크를 이 주소로 보내요. 다른 주소로 보낸 링크는 더 이상 열리지 않아요.",
  sendHere: "이 주소로 티켓 보내기",
  sentTo: (to: string) => `${to} 주소로 메일을 보내고 있어요. 오지 않으면 스팸함을 확인해 주세요.`,
  title: "티켓 보기",
  lead: "이 링크가 있으면 누구나 티켓을 볼 수 있어요. 다른 사람에게 보내지 마세요.",
  cancelled: "취소된 예매예요",
  findTitle: "티켓 찾기",
  findLead: "결제할 때 적은 이메일로 티켓을 다시 보내 드려요.",
  invalid:
    "이 링크는 더 이상 쓸 수 없어요. 좌석이 바뀌었거나, 티켓을 다른 주소로 보냈거나, 공연이 끝난 지 일주일이 지났을 수 있어요.",
  number: "예매번호",
  numberHint: "예: A2B3C-D4E5F",
  emailGiven: "결제할 때 적은 이메일",
  send: "티켓 다시 받기",
  sent: "보냈어요",
  sentText: "예매번호와 이메일이 맞으면 메일을 보내고 있어요. 오지 않으면 스팸함을 확인해 주세요.",
  noMail: "이 서버는 메일을 보내지 않아요. 주최 측에 문의해 주세요.",
};

const en: typeof ko = {
  email: "Email for your tickets",
  emailHint: "We send your tickets and a link that opens them without this browser.",
  emailOptional: "Email for your tickets (optional)",
  moveHint: "We send your tickets and a link there. Links sent to any other address stop working.",
  sendHere: "Send my tickets there",
  sentTo: (to) => `We're sending an email to ${to}. If it doesn't arrive, check your spam folder.`,
  title: "Your tickets",
  lead: "This link shows the tickets to anyone who has it, so keep it to yourself.",
  cancelled: "This order was cancelled",
  findTitle: "Find your tickets",
  findLead: "We send your tickets again to the email that you gave when you paid.",
  invalid:
    "This link no longer works. The seats have changed, the tickets were sent to another address, or the concert was more than a week ago.",
  number: "Booking number",
  numberHint: "Such as A2B3C-D4E5F",
  emailGiven: "Email that you gave when you paid",
  send: "Send my tickets",
  sent: "On its way",
  sentText:
    "If the booking number and the email match, an email is on its way. If it doesn't arrive, check your spam folder.",
  noMail: "This server sends no email. Please ask the organiser.",
};

const TEXTS = { ko, en };

/** The texts of the current language. */
export function myTicketsTexts(): typeof ko {
  return TEXTS[currentLanguage()];
}
