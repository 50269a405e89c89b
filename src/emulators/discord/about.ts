// Which routes tell about the gateway, the bot and its application, and the guilds it is in?
import type { Handler, Route } from './call.ts'
import { refusals } from './errors.ts'
import { BOT_BITS, guildFor } from './permissions.ts'
import { isThread } from './types.ts'
import { channelView, guildCore, threadEvent } from './views.ts'
import type { World } from './world.ts'

const SESSIONS_PER_DAY = 1000
/** GATEWAY_MESSAGE_CONTENT_LIMITED. https://docs.discord.com/developers/resources/application#application-object-application-flags */
const FLAG_CONTENT_LIMITED = 1 << 19

const gatewayBot: Handler = (_call, world) => ({
  status: 200,
  body: {
    url: world.gatewayUrl(),
    shards: world.sharding.recommended,
    session_start_limit: {
      total: SESSIONS_PER_DAY,
      remaining: world.identifiesLeft(),
      reset_after: 14_400_000,
      max_concurrency: world.sharding.maxConcurrency,
    },
  },
})

const myself: Handler = (_call, world) => ({
  status: 200,
  body: { ...world.me, email: null, verified: true, mfa_enabled: false, locale: 'en-US' },
})

const application: Handler = (_call, world) => ({ status: 200, body: applicationView(world) })

const guild: Handler = ({ params }, world) => ({
  status: 200,
  body: guildCore(guildFor(world, params['guild'])),
})

/** The guilds the bot is in, by id. https://docs.discord.com/developers/resources/user#get-current-user-guilds */
const myGuilds: Handler = ({ query }, world) => {
  const after = BigInt(query.get('after') ?? 0)
  const limit = Number(query.get('limit') ?? 200)
  const ids = [...world.store.guilds.values()].filter(({ id, joined }) => joined && BigInt(id) > after)
  return {
    status: 200,
    body: ids
      .toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
      .slice(0, limit)
      .map(({ id, name, ownerId }) => ({
        id,
        name,
        icon: null,
        banner: null,
        owner: ownerId === world.me.id,
        permissions: String(BOT_BITS),
        features: [],
      })),
  }
}

const roles: Handler = ({ params }, world) => ({
  status: 200,
  body: [...guildFor(world, params['guild']).roles.values()],
})

const member: Handler = ({ params }, world) => {
  const id = params['user'] === '@me' ? world.me.id : (params['user'] ?? '')
  const found = guildFor(world, params['guild']).members.get(id)
  if (found === undefined) throw refusals.unknownMember()
  return { status: 200, body: found }
}

const members: Handler = ({ params, query }, world) => ({
  status: 200,
  body: [...guildFor(world, params['guild']).members.values()].slice(0, Number(query.get('limit') ?? 1)),
})

const guildChannels: Handler = ({ params }, world) => {
  const { id } = guildFor(world, params['guild'])
  const all = [...world.store.channels.values()].filter(
    (state) => !state.deleted && state.channel.guild_id === id && !isThread(state.channel),
  )
  return { status: 200, body: all.map(channelView) }
}

const activeThreads: Handler = ({ params }, world) => {
  const { id } = guildFor(world, params['guild'])
  const threads = [...world.store.channels.values()].filter(
    ({ channel: thread, deleted }) =>
      !deleted && thread.guild_id === id && isThread(thread) && thread.thread_metadata?.archived === false,
  )
  return {
    status: 200,
    body: { threads: threads.map((state) => threadEvent(world, state)), members: [], has_more: false },
  }
}

export const aboutRoutes: readonly Route[] = [
  {
    name: 'gateway',
    method: 'GET',
    path: '/gateway',
    bucket: 'none',
    open: true,
    run: (_call, world) => ({ status: 200, body: { url: world.gatewayUrl() } }),
  },
  { name: 'gatewayBot', method: 'GET', path: '/gateway/bot', bucket: 'none', run: gatewayBot },
  { name: 'getMe', method: 'GET', path: '/users/@me', bucket: 'other', run: myself },
  { name: 'getApplication', method: 'GET', path: '/applications/@me', bucket: 'other', run: application },
  {
    name: 'getApplication',
    method: 'GET',
    path: '/oauth2/applications/@me',
    bucket: 'other',
    run: application,
  },
  { name: 'listMyGuilds', method: 'GET', path: '/users/@me/guilds', bucket: 'other', run: myGuilds },
  { name: 'getGuild', method: 'GET', path: '/guilds/:guild', bucket: 'other', run: guild },
  { name: 'listRoles', method: 'GET', path: '/guilds/:guild/roles', bucket: 'other', run: roles },
  { name: 'getMember', method: 'GET', path: '/guilds/:guild/members/:user', bucket: 'other', run: member },
  { name: 'listMembers', method: 'GET', path: '/guilds/:guild/members', bucket: 'other', run: members },
  {
    name: 'listChannels',
    method: 'GET',
    path: '/guilds/:guild/channels',
    bucket: 'other',
    run: guildChannels,
  },
  {
    name: 'listActiveThreads',
    method: 'GET',
    path: '/guilds/:guild/threads/active',
    bucket: 'other',
    run: activeThreads,
  },
]

function applicationView(world: World): Readonly<Record<string, unknown>> {
  // A small bot's toggle shows as its limited form.
  const flags = world.behaviour.messageContentAllowed ? FLAG_CONTENT_LIMITED : 0
  return {
    id: world.applicationId,
    name: world.me.username,
    icon: null,
    description: '',
    type: null,
    bot: world.me,
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: world.publicKeyHex,
    flags,
    flags_new: String(flags),
    redirect_uris: [],
    interactions_endpoint_url: world.behaviour.interactionsEndpoint,
    role_connections_verification_url: null,
    owner: world.me,
    approximate_guild_count: world.store.guilds.size,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    eligible_oauth2_scopes: [],
  }
}
