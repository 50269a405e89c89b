// In which language is a person told something? Theirs, as far as anybody can tell.

import type { AskingEvent, Sender } from '../contract/event.ts'
import type { Policy, Route } from '../contract/policy.ts'

/** The language their app is set to, else the one they just wrote in, else the route's, else the bridge's. */
export function languageFor(
  { sender, text }: { readonly sender: Sender; readonly text: string },
  route: Pick<Route, 'locale'> | undefined,
  policy: Pick<Policy, 'locale'>,
): string {
  return sender.locale ?? languageOf(text) ?? route?.locale ?? policy.locale
}

/** Who asked, and in which words. */
export function saidIn(event: AskingEvent): { readonly sender: Sender; readonly text: string } {
  const { sender } = event
  switch (event.kind) {
    case 'message':
      return { sender, text: event.text }
    case 'command':
      return { sender, text: event.rest }
    case 'action':
      return { sender, text: '' }
  }
}

/** Discord and Feishu do not say it with a message. Of the languages we speak, one is told by its script. */
function languageOf(text: string): string | undefined {
  const isChinese =
    /\p{Script=Han}/u.test(text) && !/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(text)
  return isChinese ? 'zh-CN' : undefined
}
