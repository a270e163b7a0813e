// The pages that belong to a fan, in the order of the menus.

export const OWN_PAGES = ["tickets", "orders", "wallet"] as const;
