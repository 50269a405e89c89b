// What Feishu sends when all is well: an event of each kind, and what all its paths are fed with.

import type { Logger } from '../../../src/contract/runtime.ts'

export const APP = { account: 'lark', appId: 'cli_0123456789abcdef', appSecret: 'secret' }
export const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
}

export const bytes = (value: unknown): Uint8Array =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))

const header = (type: string, id = 'e1') => ({
  event_id: id,
  event_type: type,
  create_time: String(Date.now()),
  token: 'vt',
  app_id: APP.appId,
  tenant_key: 'tk',
})
export const said = (
  more: Readonly<Record<string, unknown>> = {},
  id = 'e1',
): Readonly<Record<string, unknown>> => ({
  schema: '2.0',
  header: header('im.message.receive_v1', id),
  event: {
    sender: {
      sender_id: { open_id: 'ou_a', union_id: 'on_a', user_id: 'u1' },
      sender_type: 'user',
      tenant_key: 'tk',
    },
    message: {
      message_id: `om_${id}`,
      root_id: 'om_0',
      parent_id: 'om_0',
      create_time: String(Date.now()),
      chat_id: 'oc_1',
      thread_id: 'omt_1',
      chat_type: 'group',
      message_type: 'text',
      content: '{"text":"@_user_1 hello @_user_2"}',
      mentions: [
        { key: '@_user_1', id: { open_id: 'ou_bot', union_id: 'on_b' }, name: 'Bot', tenant_key: 'tk' },
        { key: '@_user_2', id: { open_id: 'ou_c' }, name: 'Cara', tenant_key: 'tk' },
      ],
      ...more,
    },
  },
})
const content = (type: string, value: unknown) => said({ message_type: type, content: JSON.stringify(value) })

export const EVENTS: readonly unknown[] = [
  said(),
  said({ chat_type: 'p2p', content: '{"text":"/help me out"}', mentions: [], thread_id: undefined }),
  said({ chat_type: 'topic_group', thread_id: undefined }),
  content('post', {
    title: 'T',
    content: [
      [
        { tag: 'text', text: 'a ' },
        { tag: 'at', user_id: '@_user_1', user_name: 'Bot' },
      ],
      [
        { tag: 'a', text: 'x', href: 'https://a.example' },
        { tag: 'img', image_key: 'img_v3_1' },
      ],
      [
        { tag: 'media', file_key: 'file_v3_1', image_key: 'img_v3_2' },
        { tag: 'code_block', language: 'C', text: 'x' },
      ],
    ],
  }),
  content('image', { image_key: 'img_v3_1' }),
  content('file', { file_key: 'file_v3_1', file_name: 'a.pdf' }),
  content('audio', { file_key: 'file_v3_1', duration: 1000 }),
  content('media', { file_key: 'file_v3_1', image_key: 'img_v3_1', file_name: 'a.mp4', duration: 1000 }),
  content('merge_forward', { content: 'Merged and Forwarded Message' }),
  content('interactive', { title: 'T', elements: [[{ tag: 'text', text: 'x' }]] }),
  content('location', { name: 'Here', longitude: '1', latitude: '2' }),
  {
    schema: '2.0',
    header: { ...header('card.action.trigger'), create_time: `${Date.now()}000` },
    event: {
      operator: { open_id: 'ou_a', union_id: 'on_a', tenant_key: 'tk' },
      token: 'c-abc',
      host: 'im_message',
      action: {
        tag: 'button',
        value: { token: 't', direct: true, threadId: 'omt_1' },
        form_value: { x: 'text', multi: ['a'], n: 1 },
      },
      context: { open_message_id: 'om_c', open_chat_id: 'oc_1' },
    },
  },
  {
    schema: '2.0',
    header: header('application.bot.menu_v6'),
    event: {
      operator: { operator_name: 'Ann', operator_id: { open_id: 'ou_a' } },
      event_key: '/help me',
      timestamp: 1_700_000_000,
    },
  },
  {
    schema: '2.0',
    header: header('im.message.recalled_v1'),
    event: {
      message_id: 'om_1',
      chat_id: 'oc_1',
      recall_time: '1700000000000',
      recall_type: 'message_owner',
    },
  },
  {
    schema: '2.0',
    header: header('im.chat.access_event.bot_p2p_chat_entered_v1'),
    event: { chat_id: 'oc_2', operator_id: { open_id: 'ou_b' } },
  },
  {
    schema: '2.0',
    header: header('im.chat.member.bot.added_v1'),
    event: { chat_id: 'oc_3', operator_id: { open_id: 'ou_b' }, name: 'Lab' },
  },
  {
    uuid: 'v1',
    token: 'vt',
    ts: '1',
    type: 'event_callback',
    event: { type: 'p2p_chat_create', app_id: APP.appId, chat_id: 'oc_4', operator: { open_id: 'ou_d' } },
  },
]
