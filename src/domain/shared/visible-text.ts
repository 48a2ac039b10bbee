const SEEN = /[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u;

/** Whether a reader sees anything of it: spaces and characters of no width say nothing. */
export const isVisible = (text: string): boolean => SEEN.test(text);

const UNSEEN = /^\s|\s$|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** Whether it has something that does not show, so that two ids which differ in it look the same. */
export const hasUnseen = (id: string): boolean => UNSEEN.test(id);
