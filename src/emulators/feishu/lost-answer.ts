// Which posts took effect without anybody being told? Whoever made them cannot know, and may make them again.
import type { ServerResponse } from 'node:http'
import { recordOf, stringOf, type Json } from './types.ts'
import type { Outcome, World } from './world.ts'

/** A post whose answer nobody can have read. One that left for a process that died before reading it is not seen here. */
export function noteWhenLost(
  { store, nowMs }: World,
  call: {
    readonly operation: string
    readonly payload: Json
    readonly done: { readonly code: number; readonly outcome: Outcome }
    readonly broken: boolean
    readonly response: ServerResponse
  },
): void {
  const { operation, payload, done, broken, response } = call
  if (operation !== 'message.create' && operation !== 'message.reply') return
  const { message_id: messageId, chat_id: chatId } =
    'json' in done.outcome ? recordOf(done.outcome.json['data']) : {}
  if (done.code !== 0 || typeof messageId !== 'string' || typeof chatId !== 'string') return
  const uuid = stringOf(payload['uuid'])
  const note = (): void =>
    store.addAmbiguous({
      operation,
      chatId,
      messageId,
      ...(uuid === undefined ? {} : { uuid }),
      atMs: nowMs(),
    })
  if (broken || response.destroyed) note()
  else
    response.once('close', () => {
      if (!response.writableFinished) note()
    })
}
