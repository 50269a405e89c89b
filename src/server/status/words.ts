// In which language is the status page, and how are its numbers said?

/** By locale, then by key. */
export type StatusLocales = Readonly<Record<string, Readonly<Record<string, string>>>>

export interface StatusWords {
  readonly locale: string
  /** The key itself where there are no words for it. */
  say(key: string, params?: Readonly<Record<string, string | number>>): string
  number(value: number): string
  /** In the one unit that fits: 320 ms, 3.2 s, 4 min, 2 h, 3 d. */
  span(ms: number): string
  ago(ms: number): string
  bytes(bytes: number): string
}

const DEFAULT = 'en'

/** What a person chose goes before what their browser asks for. */
export function chooseLocale(
  locales: StatusLocales,
  chosen: string | undefined,
  acceptLanguage: string | undefined,
): string {
  const known = Object.keys(locales)
  if (chosen !== undefined && known.includes(chosen)) return chosen
  for (const wanted of languagesIn(acceptLanguage ?? '')) {
    const [language] = wanted.split('-')
    const found = known.find(
      (locale) => locale.toLowerCase() === wanted || locale.toLowerCase().split('-')[0] === language,
    )
    if (found !== undefined) return found
  }
  return DEFAULT
}

/** Best first. https://www.rfc-editor.org/rfc/rfc9110#field.accept-language */
function languagesIn(header: string): readonly string[] {
  return header
    .toLowerCase()
    .slice(0, 1_000)
    .split(',')
    .map((each) => {
      const [language = '', ...params] = each.split(';').map((part) => part.trim())
      const q = params.find((param) => param.startsWith('q='))?.slice(2)
      return { language, q: q === undefined ? 1 : Number(q) }
    })
    .filter(({ language, q }) => language !== '' && q > 0)
    .toSorted((a, b) => b.q - a.q)
    .map(({ language }) => language)
}

export function createStatusWords(locales: StatusLocales, locale: string): StatusWords {
  const sentences = locales[locale] ?? {}
  const english = locales[DEFAULT] ?? {}
  const number = new Intl.NumberFormat(locale)
  return {
    locale,
    say(key, params = {}) {
      const sentence = sentences[key] ?? english[key] ?? key
      return sentence.replace(/\{(\w+)\}/g, (gap, name: string) => String(params[name] ?? gap))
    },
    number: (value) => number.format(value),
    span,
    ago: (ms) => (sentences['time.ago'] ?? english['time.ago'] ?? '{span}').replace('{span}', span(ms)),
    bytes: (bytes) => unit(bytes / 1_048_576, 'megabyte', 0),
  }

  function span(ms: number): string {
    const size = SIZES.find(({ fromMs }) => ms >= fromMs)
    if (!size) return unit(ms, 'millisecond', 0)
    const value = ms / size.ms
    return unit(value, size.unit, value < 10 && size.unit === 'second' ? 1 : 0)
  }

  function unit(value: number, name: string, digits: number): string {
    return new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: name === 'megabyte' ? 'short' : 'narrow',
      maximumFractionDigits: digits,
    }).format(value)
  }
}

const SIZES = [
  { unit: 'day', fromMs: 172_800_000, ms: 86_400_000 },
  { unit: 'hour', fromMs: 7_200_000, ms: 3_600_000 },
  { unit: 'minute', fromMs: 120_000, ms: 60_000 },
  { unit: 'second', fromMs: 1_000, ms: 1_000 },
] as const
