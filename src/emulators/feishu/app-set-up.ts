// How does an app stand in the developer console, and how should it?

/** How the app stands in the developer console. */
export interface AppSetUp {
  /** A version is online. */
  readonly published: boolean
  /** The feature "Bot" is switched on. */
  readonly botEnabled: boolean
  readonly eventMode: 'websocket' | 'webhook'
  readonly events: readonly string[]
  readonly callbackMode: 'websocket' | 'webhook'
  readonly callbacks: readonly string[]
  /** Granted by the tenant. `untold`: the app may not even ask. */
  readonly scopes: readonly string[] | 'untold'
}

/** What the bridge makes use of. */
export const ALL_SCOPES: readonly string[] = [
  'im:message',
  'im:message:send_as_bot',
  'im:message.p2p_msg:readonly',
  'im:message.group_at_msg:readonly',
  'im:message.group_msg',
  'im:resource',
  'cardkit:card:write',
  'im:chat:read',
  'contact:user.basic_profile:readonly',
  'application:app_slash_command:read',
  'application:app_slash_command:write',
  'application:application:self_manage',
]

/** As an operator who read the instructions leaves it. */
export const SET_UP: AppSetUp = {
  published: true,
  botEnabled: true,
  eventMode: 'websocket',
  events: [
    'im.message.receive_v1',
    'im.message.recalled_v1',
    'im.chat.member.bot.added_v1',
    'im.chat.member.bot.deleted_v1',
    'im.chat.access_event.bot_p2p_chat_entered_v1',
    'application.bot.menu_v6',
  ],
  callbackMode: 'websocket',
  callbacks: ['card.action.trigger'],
  scopes: ALL_SCOPES,
}
