// What does the platform tell about the bot, rooms and people?
import { ApiError, fieldViolation } from './errors.ts'
import { listOf } from './types.ts'
import { success, TENANT_KEY, type Route } from './world.ts'

/** Feishu docs: contact v3, basic_batch. */
const MAX_IDS = 10

export const directoryRoutes: readonly Route[] = [
  {
    operation: 'bot.info',
    method: 'GET',
    path: '/open-apis/bot/v3/info',
    run: (_call, { bot, behaviour }) => ({
      // Under `bot`, not `data`.
      json: {
        code: 0,
        msg: 'ok',
        bot: {
          // 0: the feature is there, but not switched on.
          activate_status: behaviour.app.botEnabled ? 2 : 0,
          app_name: bot.name,
          avatar_url: 'https://avatar.example/bot.png',
          ip_white_list: [],
          open_id: bot.openId,
        },
      },
    }),
  },
  {
    operation: 'chat.get',
    method: 'GET',
    path: '/open-apis/im/v1/chats/:chat_id',
    run: ({ params }, { store }) => {
      const room = store.chats.get(params['chat_id'] ?? '')
      if (room === undefined) throw new ApiError(232006, 'Your request specifies a chat_id which is invalid.')
      if (!room.botInside) throw new ApiError(232011, 'Operator can NOT be out of the chat.')
      const { chat, members } = room
      return success({
        avatar: 'https://avatar.example/chat.png',
        name: chat.mode === 'p2p' ? '' : chat.name,
        description: '',
        chat_mode: chat.mode,
        chat_type: 'private',
        ...(chat.mode === 'group' ? { group_message_type: 'chat' } : {}),
        external: false,
        tenant_key: TENANT_KEY,
        user_count: String(members.size),
        bot_count: '1',
        chat_status: 'normal',
      })
    },
  },
  {
    operation: 'user.basicBatch',
    method: 'POST',
    path: '/open-apis/contact/v3/users/basic_batch',
    run: ({ body }, { store }) => {
      const ids = listOf(body['user_ids'])
      if (ids.length === 0 || ids.length > MAX_IDS) throw fieldViolation('user_ids', 'between 1 and 10 ids')
      const people = ids.flatMap((id) => store.people.get(String(id)) ?? [])
      return success({
        users: people.map(({ id, name, locale }) => ({
          user_id: id,
          name,
          i18n_name: { [locale]: name },
        })),
      })
    },
  },
  {
    operation: 'user.get',
    method: 'GET',
    path: '/open-apis/contact/v3/users/:user_id',
    run: ({ params, query }, { store, behaviour }) => {
      if (behaviour.departments === 'refused')
        throw new ApiError(
          99991672,
          'Access denied. One of the following scopes is required: [contact:contact.base:readonly, contact:user.base:readonly].',
        )
      const person = store.people.get(params['user_id'] ?? '')
      if (person === undefined) throw new ApiError(99992351, 'not a valid {open_id}')
      return success({
        user: {
          open_id: person.id,
          union_id: person.unionId,
          user_id: person.userId,
          name: person.name,
          ...(behaviour.departments === 'hidden'
            ? {}
            : { department_ids: departmentsAs(query['department_id_type'], person.departments ?? []) }),
        },
      })
    },
  },
]

/** Other kinds of id are other ids. */
function departmentsAs(type: string | undefined, ids: readonly string[]): readonly string[] {
  return type === 'department_id' ? ids.map((id) => id.replace(/^od-/, 'D')) : ids
}
