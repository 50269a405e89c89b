// What does Coze itself answer? Valid streams and bodies, from which the fuzzer's mutations start.

const CHAT = {
  id: '7382159487131697202',
  conversation_id: '7381473525342978089',
  bot_id: '7379462189365198898',
  created_at: 1_718_792_949,
  last_error: { code: 0, msg: '' },
  status: 'in_progress',
  usage: { token_count: 0, output_count: 0, input_count: 0 },
  section_id: '7381473525342978089',
}
const MESSAGE = {
  id: '7382159494123470858',
  conversation_id: CHAT.conversation_id,
  bot_id: CHAT.bot_id,
  role: 'assistant',
  type: 'answer',
  content:
    '星期三 is a **good** day 👩‍🚀 [plan](https://lf-bot-studio-plugin-resource.coze.cn/obj/x.png?sign=1)',
  content_type: 'text',
  chat_id: CHAT.id,
  section_id: CHAT.section_id,
}
const CALL = {
  id: 'call_7382159494123470858',
  type: 'function',
  function: { name: 'weather', arguments: '{"city":"Oslo"}' },
}
const CARD = JSON.stringify({
  card_type: 4,
  data: JSON.stringify({ question: 'Which?', options: [{ name: 'A', value: 'a' }] }),
})

const chat = (event: string, more: object = {}): Packet => [
  `conversation.chat.${event}`,
  { ...CHAT, ...more },
]
const said = (event: string, more: object = {}): Packet => [
  `conversation.message.${event}`,
  { ...MESSAGE, ...more },
]

type Packet = readonly [event: string, data: unknown]

export const CHAT_TEXT = 'Hello there.'
const begun = [chat('created', { status: 'created' }), chat('in_progress')]
const ended = [
  chat('completed', { status: 'completed', usage: { token_count: 9, output_count: 4, input_count: 5 } }),
]

/** A reply that is whole: what a living client shows as `CHAT_TEXT`. */
export const GOOD_CHAT = sse([
  ...begun,
  said('delta', { content: 'Hello ' }),
  said('delta', { content: 'there.' }),
  said('completed', { content: CHAT_TEXT }),
  said('completed', { type: 'verbose', content: '{"msg_type":"generate_answer_finish","data":"{}"}' }),
  ...ended,
  ['done', '[DONE]'],
])

export const CHAT_STREAMS: readonly Uint8Array[] = [
  GOOD_CHAT,
  sse([
    ...begun,
    said('delta'),
    said('completed'),
    said('completed', { type: 'follow_up', content: 'And?' }),
    ...ended,
  ]),
  sse([
    ...begun,
    said('completed', { type: 'function_call', content: '{"name":"x-y","arguments":{}}' }),
    said('completed', { type: 'tool_response', content: 'x'.repeat(500) }),
    ['conversation.audio.delta', { ...MESSAGE, content: 'UklGRg==', content_type: 'audio' }],
    ...ended,
  ]),
  sse([
    ...begun,
    chat('requires_action', {
      status: 'requires_action',
      required_action: { type: 'submit_tool_outputs', submit_tool_outputs: { tool_calls: [CALL] } },
    }),
    ['done', '[DONE]'],
  ]),
  sse([
    ...begun,
    chat('failed', { status: 'failed', last_error: { code: 4011, msg: 'no credit' } }),
    ['done', ''],
  ]),
  sse([['error', { code: 5000, msg: 'event interval error', logid: '2024' }]]),
  sse([
    ...begun,
    said('delta', { content: CARD, content_type: 'card' }),
    said('completed', { content: CARD }),
    ...ended,
  ]),
]

export const GOOD_RUN = sse(
  [
    [
      'Message',
      {
        content: 'It ',
        node_is_finish: false,
        node_seq_id: '0',
        node_title: 'End',
        content_type: 'text',
      },
    ],
    [
      'Message',
      {
        content: 'ran.',
        node_is_finish: true,
        node_seq_id: '1',
        node_title: 'End',
        usage: { token_count: 3 },
      },
    ],
    ['Done', { debug_url: 'https://www.coze.cn/work_flow?execute_id=7' }],
  ],
  true,
)

export const RUN_STREAMS: readonly Uint8Array[] = [
  GOOD_RUN,
  sse(
    [
      ['Message', { content: 'Where?', node_is_finish: true, node_seq_id: '0', node_title: 'Question' }],
      [
        'Interrupt',
        {
          interrupt_data: { data: '', event_id: '7404830425073352713/2769808280134765896', type: 2 },
          node_title: 'Question',
        },
      ],
    ],
    true,
  ),
  sse([['Error', { error_code: 720702017, error_message: 'node failed', debug_url: 'https://x' }]], true),
  sse(
    [
      ['PING', {}],
      ['Message', { content: '{"output":["a",{"b":1}]}', node_is_finish: true, node_seq_id: '0' }],
      ['Done', {}],
    ],
    true,
  ),
]

/** What the calls of one kind answer; `path` tells the server which. */
export const BODIES: readonly Uint8Array[] = [
  json({ id: CHAT.conversation_id, created_at: 1, meta_data: {}, last_section_id: '1' }),
  json([{ ...MESSAGE, role: 'user', type: 'question', created_at: 1, meta_data: { turn: 'x' } }, MESSAGE], {
    has_more: false,
    first_id: MESSAGE.id,
    last_id: MESSAGE.id,
  }),
  json({ ...CHAT, status: 'completed' }),
  json({
    ...CHAT,
    status: 'requires_action',
    required_action: { submit_tool_outputs: { tool_calls: [CALL] } },
  }),
  json([MESSAGE, { ...MESSAGE, type: 'follow_up', content: 'And?' }]),
  json({
    bot_id: CHAT.bot_id,
    name: 'Echo',
    onboarding_info: { prologue: 'Hi', suggested_questions: ['a', 'b'] },
    bot_mode: 0,
  }),
  json([
    {
      execute_status: 'Success',
      output: '{"Output":"{\\"a\\":1}"}',
      node_execute_status: {},
      debug_url: 'https://x',
    },
  ]),
  json(JSON.stringify({ output: 'ran' }), {
    execute_id: '7',
    usage: { token_count: 1 },
    debug_url: 'https://x',
  }),
  encode(JSON.stringify({ code: 4016, msg: 'busy', detail: { logid: '20240' } })),
  encode(JSON.stringify({ error_code: 'invalid_request', error_message: 'no', error: { logid: '1' } })),
  encode('<html><body>502 Bad Gateway</body></html>'),
]
export const GOOD_CONVERSATION = BODIES[0] ?? new Uint8Array()

function json(data: unknown, beside: object = {}): Uint8Array {
  return encode(JSON.stringify({ data, code: 0, msg: '', ...beside, detail: { logid: '20241121' } }))
}

function sse(packets: readonly Packet[], counts = false): Uint8Array {
  const lines = packets.map(([event, data], id) => {
    const text = typeof data === 'string' ? data : JSON.stringify(data)
    return `${counts ? `id: ${id}\n` : ''}event:${event}\ndata:${text}\n\n`
  })
  return encode(lines.join(''))
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
