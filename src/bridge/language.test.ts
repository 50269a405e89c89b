import { expect, test } from 'vitest'
import { brand } from '../../test/support/bridge-events.ts'
import { languageFor } from './language.ts'

const told = (text: string, locale?: string, routeLocale?: string): string =>
  languageFor(
    { sender: { id: brand('ann'), isBot: false, ...(locale === undefined ? {} : { locale }) }, text },
    routeLocale === undefined ? undefined : { locale: routeLocale },
    { locale: 'en' },
  )

test.each([
  ['the language of the app comes first', told('你好', 'en-GB'), 'en-GB'],
  ['who writes Chinese is told in Chinese', told('你好 there'), 'zh-CN'],
  ['Japanese is not taken for Chinese', told('日本語です'), 'en'],
  ['Korean is not taken for Chinese', told('漢字를 한글로'), 'en'],
  ['who writes something else is told in the route’s language', told('hello', undefined, 'zh-CN'), 'zh-CN'],
  ['and where it has none, in the bridge’s', told('hello'), 'en'],
])('%s', (_what, language, expected) => {
  expect(language).toBe(expected)
})
