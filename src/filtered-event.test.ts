// Does what people send lose the bridge's secrets before anybody else sees it, and nothing else?
import { expect, test } from 'vitest'
import type { ChatEvent, ChatId, EventId, MessageEvent, MessageId, SenderId } from './contract/event.ts'
import type { Inbox, Platform, PlatformWorld } from './contract/platform.ts'
import { scrubbedPlatform, scrubEvent } from './filtered-event.ts'
import { createScrubber } from './scrub.ts'

const SECRET = 'pat_8Xk2mQ7vB4nR1tY6wZ0'
const scrub = createScrubber([SECRET])
const attachment = { kind: 'file', name: `\u202e${SECRET}\n.txt`, ref: { id: SECRET } } as const
const base = {
  id: `e-${SECRET}` as EventId,
  address: { account: 'a', chatId: 'c' as ChatId },
  chatKind: 'direct',
  sender: { id: 's' as SenderId, name: `Eve\r\n${SECRET}\u2066`, isBot: false },
  replyTarget: { account: 'a', place: { token: SECRET } },
  sentAtMs: 1,
} as const
const message: MessageEvent = {
  ...base,
  kind: 'message',
  messageId: 'm' as MessageId,
  text: `hi ${SECRET}\r\n\u202e`,
  mentionsBot: false,
  repliesToBot: false,
  attachments: [attachment],
  quoted: { fromBot: false, senderName: SECRET, text: SECRET, attachments: [attachment] },
}

test('texts and names lose secrets; ids, references and reply targets stay', () => {
  const scrubbed = scrubEvent(message, scrub)
  expect(scrubbed).toEqual({
    ...message,
    sender: { ...base.sender, name: 'Eve [secret]' },
    text: 'hi [secret]\r\n\u202e',
    attachments: [{ ...attachment, name: '[secret] .txt' }],
    quoted: {
      fromBot: false,
      senderName: '[secret]',
      text: '[secret]',
      attachments: [{ ...attachment, name: '[secret] .txt' }],
    },
  })
})

test.each<[string, ChatEvent]>([
  [
    'command',
    { ...base, kind: 'command', name: 'n', options: { a: SECRET, b: [SECRET], c: 1, d: true }, rest: SECRET },
  ],
  ['action', { ...base, kind: 'action', token: 't', values: { a: SECRET } }],
])('so do those of a %s', (_kind, event) => {
  const { id: _id, replyTarget: _target, ...told } = scrubEvent(event, scrub) as typeof event & typeof base
  expect(JSON.stringify(told)).not.toContain(SECRET)
  expect(JSON.stringify(told)).toContain('[secret]')
})

test('a platform offers and completes its events without secrets', async () => {
  const offered: ChatEvent[] = []
  const inbox: Inbox = (event) => Promise.resolve((offered.push(event), { show: 'nothing' as const }))
  const platform = {
    account: 'a',
    start: async (given: Inbox) => {
      await given(message, AbortSignal.timeout(1_000))
    },
    complete: () => Promise.resolve(message),
    health: () => ({ state: 'down', because: SECRET }),
  } as unknown as Platform
  const scrubbed = scrubbedPlatform(platform, scrub)
  await scrubbed.start(inbox, {} as PlatformWorld)
  expect(offered).toEqual([scrubEvent(message, scrub)])
  expect(await scrubbed.complete?.(message, AbortSignal.timeout(1_000))).toEqual(offered[0])
  expect(scrubbed.health()).toEqual({ state: 'down', because: '[secret]' })
})
