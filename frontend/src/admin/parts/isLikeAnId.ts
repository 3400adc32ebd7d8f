/** Whether what was typed may be an external id; words that fit several things have no digit, as a rule. */
export const isLikeAnId = (text: string) => /^[\w.:-]{1,64}$/.test(text) && /\d/.test(text);
