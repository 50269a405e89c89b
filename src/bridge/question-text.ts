// What does a message ask: in which words, about which files? Pure.

import type { Attachment, MessageEvent } from '../contract/event.ts'

/** What the person said, with what they quoted in front: the agent did not see another person's message. */
export function questionText(event: MessageEvent): string {
  const said = event.text.trim()
  const quoted = event.quoted?.fromBot === false ? event.quoted.text?.trim() : undefined
  if (!quoted) return said
  const name = event.quoted?.senderName
  const lines = (name === undefined ? quoted : `${name}: ${quoted}`).split('\n').map((line) => `> ${line}`)
  return said === '' ? lines.join('\n') : `${lines.join('\n')}\n\n${said}`
}

/** Its own files, then those of what it answers to: also the bot's own, which the agent knows as addresses at most. */
export function questionFiles({ attachments, quoted }: MessageEvent): readonly Attachment[] {
  return [...attachments, ...(quoted?.attachments ?? [])]
}

/** What was asked by a button or by voice is nowhere in the chat in words: the reply begins with it. */
export function echoed(text: string): string {
  return `${text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')}\n\n`
}
