// Does what people write look as Feishu tells it? Type by type, as the event's content.
import { expect, test } from 'vitest'
import { stage, type Stage } from './raw-bot.ts'
import { readJson, recordOf, type Json } from './types.ts'
import type { SayOptions } from './wording.ts'

const bytes = Buffer.from('bytes')

/** The message inside the event of what Ann says; nobody is connected, so it waits. */
function told({ emulator, ann, group }: Stage, text: string, options: SayOptions = {}): Json {
  emulator.say(ann, group, text, options)
  return recordOf(recordOf(emulator.pendingEvents().at(-1)?.body['event'])['message'])
}

test('files are told by key, with what belongs to their kind', async () => {
  await using lab = await stage()
  const seen = (options: SayOptions) => {
    const { message_type: type, content } = told(lab, '', options)
    return { type, ...readJson(String(content)) }
  }
  const key = (prefix: string): unknown => expect.stringMatching(new RegExp(`^${prefix}_v3_`))
  expect(seen({ image: { bytes } })).toEqual({ type: 'image', image_key: key('img') })
  expect(seen({ file: { bytes, name: 'a.pdf' } })).toEqual({
    type: 'file',
    file_key: key('file'),
    file_name: 'a.pdf',
  })
  expect(seen({ audio: { bytes, durationMs: 2000 } })).toEqual({
    type: 'audio',
    file_key: key('file'),
    duration: 2000,
  })
  expect(seen({ video: { bytes } })).toMatchObject({
    type: 'media',
    file_key: key('file'),
    image_key: key('img'),
  })
  expect(seen({ asType: { type: 'hongbao', content: { text: 'luck' } } })).toEqual({
    type: 'hongbao',
    text: 'luck',
  })
  expect(seen({ forward: [{ from: lab.ann, text: 'a' }] })).toEqual({
    type: 'merge_forward',
    content: 'Merged and Forwarded Message',
  })
  expect(() => lab.emulator.say(lab.ann, lab.group, 'words', { file: { bytes } })).toThrow(/on their own/)
})

test('words beside an image make a post, without a locale around it, mentions as nodes', async () => {
  await using lab = await stage()
  const { message_type: type, content } = told(lab, 'look', { image: { bytes }, mention: true })
  expect(type).toBe('post')
  expect(readJson(String(content))).toMatchObject({
    title: '',
    content: [
      [
        { tag: 'at', user_id: '@_user_1' },
        { tag: 'text', text: ' look' },
      ],
      [{ tag: 'img' }],
    ],
  })
  expect(lab.emulator.screen(lab.group)[0]?.text).toBe('@Emu look\n🖼')
})

test('a message may be old, by another bot, silent, or oddly made', async () => {
  await using lab = await stage()
  const { emulator, ann, group } = lab
  const old = emulator.say(ann, group, 'old', { createdAtMs: 1_700_000_000_000 })
  expect(emulator.store.messages.get(old.messageId)?.createdAtMs).toBe(1_700_000_000_000)
  expect(told(lab, 'odd', { extra: { thread_id: undefined, chat_type: 'topic_group' } })).toMatchObject({
    chat_type: 'topic_group',
  })
  emulator.say(ann, group, 'beep', { asBot: true })
  expect(recordOf(recordOf(emulator.pendingEvents().at(-1)?.body['event'])['sender'])['sender_type']).toBe(
    'bot',
  )
  expect(emulator.say(ann, group, 'unheard', { quiet: true }).eventId).toBeUndefined()
})
