const leapYear = '([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)';
const monthDay =
  '((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))';
const date = `([0-9]{4}-${monthDay}|${leapYear}-02-29)`;
const time = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])';
const byte = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const word = '[A-Za-z0-9_+-]{1,20}';
const label = '[A-Za-z0-9]{1,20}';

/** Formats as patterns whose every match is valid; the grammar library's own let in dates such as 30 February. */
export const formatPatterns: Readonly<Record<string, string>> = {
  date: `^${date}$`,
  time: `^${time}$`,
  'date-time': `^${date}T${time}$`,
  ipv4: `^${byte}(\\.${byte}){3}$`,
  email: `^${word}(\\.${word}){0,3}@${label}(\\.${label}){1,4}$`,
};
