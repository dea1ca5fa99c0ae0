/** Finding a device by what is typed: names, also by their first consonants (ㄱㅅㄷ for 거실등), and while a syllable is composed. */

const INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const FINALS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";
const FIRST = 0xac00;
const SYLLABLES = 11172;
const OF_INITIAL = 588; // syllables with the same first consonant
const OF_VOWEL = 28; // syllables with the same vowel, too

/** What is compared: lower case, composed, without spaces. */
export function plain(text) {
  return text.normalize("NFC").toLowerCase().replace(/\s+/g, "");
}

function syllable(letter) {
  const code = letter.charCodeAt(0) - FIRST;
  return code >= 0 && code < SYLLABLES ? code : -1;
}

/** The ways in which the typed text may be meant: 것 may become 거실, so it is also 거ㅅ. */
export function meanings(typed) {
  const query = plain(typed);
  const code = query ? syllable(query.at(-1)) : -1;
  const final = code < 0 ? 0 : code % OF_VOWEL;
  if (final === 0 || !INITIALS.includes(FINALS[final - 1])) return [query];
  return [query, query.slice(0, -1) + String.fromCharCode(FIRST + code - final) + FINALS[final - 1]];
}

function fits(letter, asked, last) {
  if (letter === asked) return true;
  const code = syllable(letter);
  if (code < 0) return false;
  if (INITIALS.includes(asked)) return INITIALS[Math.floor(code / OF_INITIAL)] === asked;
  const half = syllable(asked);
  return last && half >= 0 && half % OF_VOWEL === 0 && code - (code % OF_VOWEL) === half;
}

/** Whether `text` (made `plain`) has somewhere what is meant by `query`. */
export function holds(text, query) {
  for (let start = 0; start + query.length <= text.length; start++) {
    let at = 0;
    while (at < query.length && fits(text[start + at], query[at], at === query.length - 1)) at++;
    if (at === query.length) return true;
  }
  return false;
}
