// How is a notice said in a person's language?

import { createInstance } from 'i18next'
import type { Notice } from '../contract/notice.ts'
import type { Words } from '../contract/runtime.ts'

/**
 * Sentences by BCP 47 locale and key: what config/locales/ holds. `{name}` is filled from a notice's params. Where a
 * sentence speaks of one number, `key_one` and the like hold its other plural forms (https://www.i18next.com/translation-function/plurals).
 */
export type Locales = Readonly<Record<string, Readonly<Record<string, string>>>>

const FALLBACK = 'en'

/**
 * Words in every locale given; `en` must be among them. Made once by the roof. `fallback`: the language of people
 * whose own is not known (`Policy.locale`).
 */
export function createWords(locales: Locales, fallback = FALLBACK): Words {
  const i18n = createInstance()
  void i18n.init({
    initAsync: false,
    lng: FALLBACK,
    fallbackLng: FALLBACK,
    keySeparator: false,
    nsSeparator: false,
    resources: Object.fromEntries(
      Object.entries(locales).map(([locale, translation]) => [locale, { translation }]),
    ),
    // Plain text, not HTML; gaps are written {name}.
    interpolation: { escapeValue: false, prefix: '{', suffix: '}' },
  })
  const known = Object.keys(locales)
  const speakers = new Map(known.map((locale) => [locale, i18n.getFixedT(locale)]))
  const chosen = new Map<string, string>()

  return {
    say({ key, params }: Notice, locale = fallback) {
      let best = chosen.get(locale)
      if (best === undefined) {
        best = bestLocale(locale, known) ?? bestLocale(fallback, known) ?? FALLBACK
        if (chosen.size < MAX_REMEMBERED) chosen.set(locale, best)
      }
      return speakers.get(best)?.(key, { ...params, ...countOf(params) }) ?? key
    },
  }
}

/** The one number a sentence speaks of: by it a language chooses the plural form. */
function countOf(params: Notice['params'] = {}): { readonly count?: number } {
  const [count, ...others] = Object.values(params).filter((value) => typeof value === 'number')
  return count === undefined || others.length > 0 ? {} : { count }
}

/** People send their own locale strings: what is remembered of them has a bound. */
const MAX_REMEMBERED = 1_000

/** `zh-Hant-TW` → `zh-CN`: the exact locale, else one of the same language. */
export function bestLocale(wanted: string, known: readonly string[]): string | undefined {
  const lower = wanted.replaceAll('_', '-').toLowerCase()
  const language = lower.split('-')[0]
  return (
    known.find((locale) => locale.toLowerCase() === lower) ??
    known.find((locale) => locale.toLowerCase().split('-')[0] === language)
  )
}
