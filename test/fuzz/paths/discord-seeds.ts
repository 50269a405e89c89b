// What do Discord's own packets and calls look like? Valid ones, from which the fuzzer's mutations start.
import { BOT_ID, CHANNEL_ID, GUILD, GUILD_ID, NEW_ID, PERSON_ID } from './discord-server.ts'

const PERSON = { id: PERSON_ID, username: 'ann', global_name: 'Ann', discriminator: '0', avatar: null }
const MEMBER = { nick: 'Annie', roles: ['1100000000000000009'], joined_at: '2026-01-01T00:00:00+00:00' }
const FILE = {
  id: '1100000000000000020',
  filename: 'plan.txt',
  size: 12,
  url: 'https://cdn.discordapp.com/attachments/1/2/plan.txt?ex=1&is=1&hm=1',
  content_type: 'text/plain',
  flags: 0,
}
const MESSAGE = {
  id: NEW_ID,
  channel_id: CHANNEL_ID,
  guild_id: GUILD_ID,
  author: PERSON,
  member: MEMBER,
  content: `<@${BOT_ID}> what is this? <#${CHANNEL_ID}> <@&1100000000000000009>`,
  timestamp: '2026-11-21T12:00:00.000000+00:00',
  type: 0,
  mentions: [{ id: BOT_ID, username: 'bot' }],
  mention_roles: ['1100000000000000009'],
  mention_everyone: false,
  attachments: [FILE],
  embeds: [],
  flags: 0,
}
const OPTIONS = [
  { name: 'question', type: 3, value: 'why?' },
  { name: 'file', type: 11, value: FILE.id },
  { name: 'sub', type: 1, options: [{ name: 'count', type: 4, value: 3, focused: true }] },
]
const INTERACTION = {
  id: NEW_ID,
  application_id: BOT_ID,
  token: 'interaction-token',
  version: 1,
  channel_id: CHANNEL_ID,
  channel: { id: CHANNEL_ID, type: 0, guild_id: GUILD_ID },
  guild_id: GUILD_ID,
  member: { ...MEMBER, user: PERSON, permissions: '1' },
  app_permissions: '274878024704',
  locale: 'zh-CN',
  entitlements: [],
  authorizing_integration_owners: { '0': GUILD_ID },
  context: 0,
  attachment_size_limit: 10_485_760,
}
const MODAL = {
  custom_id: 'form',
  components: [
    { type: 18, component: { type: 4, custom_id: 'f0', value: 'tea' } },
    { type: 18, component: { type: 3, custom_id: 'f1', values: ['a', 'b'] } },
    { type: 18, component: { type: 19, custom_id: 'f2', values: [FILE.id] } },
  ],
  resolved: { attachments: { [FILE.id]: FILE } },
}

export const INTERACTIONS: readonly object[] = [
  { ...INTERACTION, type: 1 },
  {
    ...INTERACTION,
    type: 2,
    data: { name: 'ask', type: 1, options: OPTIONS, resolved: { attachments: { [FILE.id]: FILE } } },
  },
  {
    ...INTERACTION,
    type: 2,
    data: { name: 'Ask about', type: 3, target_id: '1', resolved: { messages: { '1': MESSAGE } } },
  },
  { ...INTERACTION, type: 3, message: MESSAGE, data: { custom_id: 'stop', component_type: 2 } },
  {
    ...INTERACTION,
    type: 3,
    message: MESSAGE,
    data: { custom_id: 'pick', component_type: 3, values: ['1'] },
  },
  { ...INTERACTION, type: 4, data: { name: 'ask', options: OPTIONS } },
  { ...INTERACTION, type: 5, data: MODAL },
]

const DISPATCHES: readonly (readonly [string, unknown])[] = [
  ['MESSAGE_CREATE', MESSAGE],
  ['MESSAGE_CREATE', { ...MESSAGE, guild_id: undefined, member: undefined, channel_type: 1 }],
  [
    'MESSAGE_CREATE',
    { ...MESSAGE, type: 19, message_reference: { message_id: '5' }, referenced_message: MESSAGE },
  ],
  [
    'MESSAGE_CREATE',
    {
      ...MESSAGE,
      content: '',
      message_reference: { type: 1 },
      message_snapshots: [{ message: MESSAGE }],
      sticker_items: [{ id: '7', name: 'Wave', format_type: 4 }],
      poll: { question: { text: 'Tea?' }, answers: [{ poll_media: { text: 'yes' } }] },
    },
  ],
  ['MESSAGE_UPDATE', MESSAGE],
  ['MESSAGE_DELETE', { id: '5', channel_id: CHANNEL_ID, guild_id: GUILD_ID }],
  ['MESSAGE_DELETE_BULK', { ids: ['5', '6'], channel_id: CHANNEL_ID, guild_id: GUILD_ID }],
  ['GUILD_CREATE', GUILD],
  ['GUILD_DELETE', { id: '1100000000000000099' }],
  ['CHANNEL_CREATE', { id: '1100000000000000030', type: 15, guild_id: GUILD_ID, name: 'forum' }],
  ['CHANNEL_DELETE', { id: '1100000000000000030', type: 15, guild_id: GUILD_ID }],
  ['THREAD_CREATE', { id: '1100000000000000031', type: 11, guild_id: GUILD_ID, parent_id: CHANNEL_ID }],
  ['THREAD_LIST_SYNC', { guild_id: GUILD_ID, threads: [{ id: '1100000000000000032', type: 11 }] }],
  ['GUILD_ROLE_UPDATE', { guild_id: GUILD_ID, role: { id: '8', name: 'r', tags: {} } }],
  ...INTERACTIONS.slice(1).map((interaction) => ['INTERACTION_CREATE', interaction] as const),
]

export const PACKETS: readonly object[] = [
  { op: 11 },
  { op: 1, d: null },
  { op: 10, d: { heartbeat_interval: 41_250 } },
  ...DISPATCHES.map(([t, d], n) => ({ op: 0, s: n + 3, t, d })),
]

export const ANSWERS: readonly object[] = [
  { ...MESSAGE, nonce: 'key' },
  [{ ...MESSAGE, nonce: 'key' }, MESSAGE],
  {
    message: 'Invalid Form Body',
    code: 50_035,
    errors: { content: { _errors: [{ code: 'X', message: 'x' }] } },
  },
  { message: 'You are being rate limited.', retry_after: 0.5, global: false, code: 30_046 },
  { message: 'Unknown Message', code: 10_008 },
  { id: CHANNEL_ID, type: 1, last_message_id: '5', recipients: [PERSON] },
]

export function asBytes(seeds: readonly object[]): readonly Uint8Array[] {
  return seeds.map((seed) => Buffer.from(JSON.stringify(seed)))
}
