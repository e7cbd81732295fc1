// awk's clock functions: strftime and mktime.

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

interface BrokenDown {
  date: Date;
  zone: string;
  offsetMinutes: number;
}

/** The wall clock of a zone, as a Date whose UTC fields show it. Zones this Node does not know count as UTC, as with libc. */
function breakDown(timeSeconds: number, utc: boolean, zone: string | undefined): BrokenDown {
  const date = new Date(timeSeconds * 1000);
  const isGreenwich = utc || /^(?:Etc\/)?GMT[-+]?0?$/.test(zone ?? '');
  if (isGreenwich || zone === undefined || zone === '' || /^UTC/.test(zone)) return { date, zone: isGreenwich ? 'GMT' : 'UTC', offsetMinutes: 0 };
  try {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: zone.replace(/^:/, ''), hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric', timeZoneName: 'short',
    }).formatToParts(date);
    const get = (type: string): string => parts.find((part) => part.type === type)?.value ?? '0';
    const wall = Date.UTC(Number(get('year')), Number(get('month')) - 1, Number(get('day')), Number(get('hour')), Number(get('minute')), Number(get('second')));
    return { date: new Date(wall), zone: get('timeZoneName'), offsetMinutes: Math.round((wall - Math.floor(date.getTime() / 1000) * 1000) / 60000) };
  } catch {
    return { date, zone: zone.replace(/[-+\d].*$/, '') || 'UTC', offsetMinutes: 0 };
  }
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86400000);
}

/** ISO 8601 week and its year. */
function isoWeek(date: Date): { week: number; year: number } {
  const thursday = new Date(date.getTime());
  thursday.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  return { week: Math.floor(dayOfYear(thursday) / 7) + 1, year: thursday.getUTCFullYear() };
}

/** strftime(3) in the POSIX locale. */
export function formatTime(format: string, timeSeconds: number, utc: boolean, zone: string | undefined): string {
  const { date, zone: name, offsetMinutes } = breakDown(timeSeconds, utc, zone);
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = date.getUTCHours();
  const expand = (text: string): string => text.replace(/%[EO_0^#-]?([a-zA-Z%+])/g, (whole, letter: string) => {
    switch (letter) {
      case 'a': return DAYS[date.getUTCDay()]!.slice(0, 3);
      case 'A': return DAYS[date.getUTCDay()]!;
      case 'b': case 'h': return MONTHS[date.getUTCMonth()]!.slice(0, 3);
      case 'B': return MONTHS[date.getUTCMonth()]!;
      case 'c': return expand('%a %b %e %H:%M:%S %Y');
      case 'C': return two(Math.floor(date.getUTCFullYear() / 100));
      case 'd': return two(date.getUTCDate());
      case 'D': case 'x': return expand('%m/%d/%y');
      case 'e': return String(date.getUTCDate()).padStart(2);
      case 'F': return expand('%Y-%m-%d');
      case 'g': return two(isoWeek(date).year % 100);
      case 'G': return String(isoWeek(date).year);
      case 'H': return two(hours);
      case 'I': return two(hours % 12 || 12);
      case 'j': return String(dayOfYear(date) + 1).padStart(3, '0');
      case 'k': return String(hours).padStart(2);
      case 'l': return String(hours % 12 || 12).padStart(2);
      case 'm': return two(date.getUTCMonth() + 1);
      case 'M': return two(date.getUTCMinutes());
      case 'n': return '\n';
      case 'N': return '000000000';
      case 'p': return hours < 12 ? 'AM' : 'PM';
      case 'P': return hours < 12 ? 'am' : 'pm';
      case 'r': return expand('%I:%M:%S %p');
      case 'R': return expand('%H:%M');
      case 's': return String(Math.trunc(timeSeconds));
      case 'S': return two(date.getUTCSeconds());
      case 't': return '\t';
      case 'T': case 'X': return expand('%H:%M:%S');
      case 'u': return String(date.getUTCDay() || 7);
      case 'U': return two(Math.floor((dayOfYear(date) + 7 - date.getUTCDay()) / 7));
      case 'V': return two(isoWeek(date).week);
      case 'w': return String(date.getUTCDay());
      case 'W': return two(Math.floor((dayOfYear(date) + 7 - ((date.getUTCDay() + 6) % 7)) / 7));
      case 'y': return two(date.getUTCFullYear() % 100);
      case 'Y': return String(date.getUTCFullYear());
      case 'z': return `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offsetMinutes) / 60))}${two(Math.abs(offsetMinutes) % 60)}`;
      case 'Z': return name;
      case '%': return '%';
      default: return whole;
    }
  });
  return expand(format);
}

/** mktime("YYYY MM DD HH MM SS"); -1 for what is no time. */
export function parseTime(spec: string, utc: boolean, zone: string | undefined): number {
  const numbers = spec.trim().split(/\s+/).map(Number);
  if (numbers.length < 6 || numbers.some(Number.isNaN)) return -1;
  const [year, month, day, hour, minute, second] = numbers as [number, number, number, number, number, number];
  const wall = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  const first = wall - breakDown(wall, utc, zone).offsetMinutes * 60;
  return wall - breakDown(first, utc, zone).offsetMinutes * 60;
}
