// What does a message ask, in words? Pure.

import type { MessageEvent } from '../contract/event.ts'

/** What the person said, with what they quoted in front: the agent did not see another person's message. */
export function questionText(event: MessageEvent): string {
  const said = event.text.trim()
  const quoted = event.quoted?.fromBot === false ? event.quoted.text?.trim() : undefined
  if (!quoted) return said
  const name = event.quoted?.senderName
  const lines = (name === undefined ? quoted : `${name}: ${quoted}`).split('\n').map((line) => `> ${line}`)
  return said === '' ? lines.join('\n') : `${lines.join('\n')}\n\n${said}`
}
