// What may a page ask for? Read field by field, then done; what is wrong is told in a sentence.

import { z } from 'zod'
import type { PageAction, PageAnswer } from './protocol.ts'
import type { Play } from './play.ts'
import type { GivenFile, TakeFiles } from './shelf.ts'
import { Wrong } from './wrong.ts'

const id = z.string().min(1).max(300)
const values = z.record(z.string().max(200), z.string().max(20_000))
const where = { roomId: id, personId: id }

const ACTION = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('say'),
    ...where,
    text: z.string().max(20_000),
    mention: z.boolean().optional(),
    replyTo: id.optional(),
    fileIds: z.array(id).max(10).optional(),
  }),
  z.strictObject({
    do: z.literal('press'),
    ...where,
    messageId: id,
    controlId: z.string().max(4_000),
    value: z.string().max(4_000).optional(),
  }),
  z.strictObject({ do: z.literal('command'), ...where, name: z.string().min(1).max(100), values }),
  z.strictObject({
    do: z.literal('submit'),
    ...where,
    formId: z.string().max(4_000),
    messageId: id.optional(),
    values,
  }),
  z.strictObject({
    do: z.literal('addPerson'),
    name: z.string().trim().min(1).max(40),
    locale: z.enum(['en', 'zh']),
  }),
  z.strictObject({ do: z.literal('behave'), behaviour: id }),
  z.strictObject({
    do: z.literal('useCoze'),
    apiBase: z.string().trim().max(500),
    token: z.string().trim().min(1).max(4_000),
    botId: z
      .string()
      .trim()
      .regex(/^\d{5,25}$/),
  }),
  z.strictObject({ do: z.literal('useEmulated') }),
  z.strictObject({ do: z.literal('killBridge') }),
])

type Read = z.infer<typeof ACTION>
/** What is read here is what the page sends. */
type Same<A, B> = A extends B ? true : never
export const SAYS_THE_SAME: Same<PageAction, Read> = true

/** Throws `Wrong`. The values never stand in the sentence: one of them may be a token. */
export function readAction(body: unknown): Read {
  const read = ACTION.safeParse(body)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const at = issue?.path.join('.') ?? ''
  if (at === 'botId') throw new Wrong('The id of an agent is a number: it stands after /bot/ in its address.')
  if (at === 'token') throw new Wrong('A token is needed.')
  throw new Wrong(
    at === '' ? 'This is no action the playground knows.' : `The field ${at} of this action is not right.`,
  )
}

export async function carryOut(play: Play, action: Read): Promise<PageAnswer> {
  switch (action.do) {
    case 'say': {
      const { roomId, personId, text, mention = false, replyTo, fileIds = [] } = action
      if (text.trim() === '' && fileIds.length === 0) throw new Wrong('There is nothing to send.')
      const pane = play.paneOf(roomId)
      const quoted = replyTo === undefined ? {} : { replyTo }
      await play.shelf.lend((take) =>
        pane.say({ roomId, personId, text, mention, files: take(fileIds), ...quoted }),
      )
      return { ok: true }
    }
    case 'press': {
      const { do: _, value, ...rest } = action
      await play.paneOf(rest.roomId).press({ ...rest, ...(value === undefined ? {} : { value }) })
      return { ok: true }
    }
    case 'command': {
      const { do: _, ...rest } = action
      const pane = play.paneOf(rest.roomId)
      await play.shelf.lend((take) => pane.command({ ...rest, fileOf: oneOf(take) }))
      return { ok: true }
    }
    case 'submit': {
      const { do: _, messageId, ...rest } = action
      const on = messageId === undefined ? {} : { messageId }
      const pane = play.paneOf(rest.roomId)
      await play.shelf.lend((take) => pane.submit({ ...rest, ...on, fileOf: oneOf(take) }))
      return { ok: true }
    }
    case 'addPerson':
      return { ok: true, personId: play.addPerson(action.name, action.locale).id }
    case 'behave':
      play.behave(action.behaviour)
      return { ok: true }
    case 'useCoze': {
      const { apiBase, token, botId } = action
      await play.useCoze({ apiBase: allowedBase(apiBase), token, botId })
      return { ok: true }
    }
    case 'useEmulated':
      await play.useEmulated()
      return { ok: true }
    case 'killBridge':
      await play.bridge.kill()
      return { ok: true }
  }
}

function oneOf(take: TakeFiles): (fileId: string) => GivenFile {
  return (fileId) => {
    const [file] = take([fileId])
    if (file === undefined) throw new Wrong('The file is no longer there: choose it again.')
    return file
  }
}

/** A token must not travel in the clear, except to a server on this machine. */
function allowedBase(apiBase: string): string {
  const url = URL.canParse(apiBase) ? new URL(apiBase) : undefined
  const isHere = url !== undefined && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isHere)
  if (
    url === undefined ||
    !isSafe ||
    url.username !== '' ||
    url.password !== '' ||
    url.search !== '' ||
    url.hash !== ''
  )
    throw new Wrong(
      'The address of Coze begins with https://, as https://api.coze.cn or https://api.coze.com do.',
    )
  return url.href.replace(/\/$/, '')
}
