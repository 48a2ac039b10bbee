const SEEN = /[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u;

/** Whether a reader sees anything of it: spaces and characters of no width say nothing. */
export const isVisible = (text: string): boolean => SEEN.test(text);
