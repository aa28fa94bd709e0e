const leapYear = '([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)';
const monthDay =
  '((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))';
const date = `([0-9]{4}-${monthDay}|${leapYear}-02-29)`;
const time = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])';

const byte = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const group = '[0-9A-Fa-f]{1,4}';
/** Two colons stand for two groups or more; so many stand before them. */
const shortened = Array.from({ length: 7 }, (_, before) => {
  const left = before === 0 ? ':' : `(${group}:){${before}}`;
  return before === 6 ? `${left}:` : `${left}(:|(:${group}){1,${6 - before}})`;
});

const count = '[0-9]{1,6}';
const days = `${count}D`;
const months = `${count}M(${days})?`;
const years = `${count}Y(${months})?`;
const seconds = `${count}S`;
const minutes = `${count}M(${seconds})?`;
const hours = `${count}H(${minutes})?`;
const clock = `T(${hours}|${minutes}|${seconds})`;

const word = '[A-Za-z0-9_+-]{1,20}';
const label = '[A-Za-z0-9]{1,20}';

/** Formats as patterns whose every match is valid. */
export const formatPatterns: Readonly<Record<string, string>> = {
  date: `^${date}$`,
  time: `^${time}$`,
  'date-time': `^${date}T${time}$`,
  ipv4: `^${byte}(\\.${byte}){3}$`,
  ipv6: `^((${group}:){7}${group}|${shortened.join('|')})$`,
  uuid: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
  duration: `^P(${count}W|(${years}|${months}|${days})(${clock})?|${clock})$`,
  email: `^${word}(\\.${word}){0,3}@${label}(\\.${label}){1,4}$`,
};
