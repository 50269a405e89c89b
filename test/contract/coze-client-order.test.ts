// In which order do the answers of a followed reply stand, however Coze lists them?

import { expect, test } from 'vitest'
import { agent, assistantAt, live, readReply, serve } from '../support/coze-assistant.ts'

type Listed = readonly [type: string, text: string, atSeconds: number]
const END: Listed = ['verbose', '{"msg_type":"generate_answer_finish"}', 57]

test.for<readonly [string, readonly Listed[]]>([
  ['the end first, though it came last', [END, ['answer', 'one', 56], ['answer', 'two', 56]]],
  ['oldest first', [['answer', 'one', 55], ['answer', 'two', 56], END]],
  ['newest first', [END, ['answer', 'two', 56], ['answer', 'one', 55]]],
  ['all of one second', [['answer', 'one', 57], ['answer', 'two', 57], END]],
])('listed %s: the first answer stands first', async ([, listed]) => {
  expect((await followed(listed)).shown).toBe('one\n\ntwo')
})

async function followed(listed: readonly Listed[]) {
  const chat = { id: 'x', conversation_id: 'c', status: 'completed' }
  const messages = listed.map(([type, content, created_at], n) => ({
    id: `m${n}`,
    role: 'assistant',
    type,
    content,
    content_type: 'text',
    created_at,
  }))
  const url = await serve((request, response) => {
    const data = (request.url ?? '').includes('message/list') ? messages : chat
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ code: 0, data }))
  })
  const handle = { kind: 'chat', conversationId: 'c', chatId: 'x' }
  const conversation = { conversationId: 'c', userId: 'u' }
  return await readReply(assistantAt(url).follow({ agent, conversation, handle }, live))
}
