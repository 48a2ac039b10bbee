const PLAIN = /^[\x20-\x7e]*$/;
const LONE_SURROGATE = /\p{Cs}/gu;
const BLANK = /[\p{Cc}\p{Z}]/gu;
const EMOJI_MODIFIER = '[\\u{1F3FB}-\\u{1F3FF}\\uFE0F\\u20E3]*';
/** An emoji built from several characters is one character to the person who typed it. */
const EMOJI_SEQUENCE = new RegExp(
  `(\\p{Extended_Pictographic})${EMOJI_MODIFIER}(?:\\u200D\\p{Extended_Pictographic}${EMOJI_MODIFIER})*`,
  'gu',
);
const FLAG = /(\p{Regional_Indicator})\p{Regional_Indicator}/gu;
const IGNORABLE = /(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/gu;
/** Joiners mean something between Devanagari letters and nothing elsewhere. */
const IDLE_JOINER = /(?<![\u0900-\u097f])[\u200c\u200d]+/gu;

/** Text as it can be printed on one line: composed, every kind of blank a space, nothing invisible. */
export const printable = (text: string): string =>
  PLAIN.test(text)
    ? text
    : text
        .replace(LONE_SURROGATE, '\uFFFD')
        .normalize('NFC')
        .replace(BLANK, ' ')
        .replace(EMOJI_SEQUENCE, '$1')
        .replace(FLAG, '$1')
        .replace(IGNORABLE, '')
        .replace(IDLE_JOINER, '');
