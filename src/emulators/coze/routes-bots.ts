// What can a caller learn of bots, workspaces, itself and user variables?
import { authorize } from './auth.ts'
import { answer, bodyOf, pageOf, queryNumber, queryText } from './call.ts'
import type { Call, Reply, Route } from './call.ts'
import { isObject, listOf, textOf } from './json.ts'
import type { JsonObject } from './json.ts'
import { defaults } from './options.ts'
import type { BotSpec } from './options.ts'
import { badParameter, noSuch, Refusal } from './refusal.ts'
import type { World } from './world.ts'

export const botRoutes: readonly Route[] = [
  { method: 'GET', path: '/v1/bots/:bot_id', studio: true, handle: getBot },
  { method: 'GET', path: '/v1/bot/get_online_info', studio: true, handle: getOnlineInfo },
  { method: 'GET', path: '/v1/bots', studio: false, handle: listBots },
  { method: 'GET', path: '/v1/space/published_bots_list', studio: false, handle: listPublished },
  { method: 'GET', path: '/v1/workspaces', studio: false, handle: listWorkspaces },
  { method: 'GET', path: '/v1/users/me', studio: false, handle: me },
  { method: 'GET', path: '/v1/variables', studio: false, handle: readVariables },
  { method: 'PUT', path: '/v1/variables', studio: false, handle: writeVariables },
]

const CREATED_S = 1_700_000_000

function getBot(world: World, call: Call): Reply {
  authorize(world, call, 'other', 'getMetadata')
  const id = call.params['bot_id'] ?? ''
  const bot = knownBot(world, id)
  if (bot.published === false && call.query['is_published'] !== 'false') throw notPublished(id)
  return answer(botInfo(id, bot))
}

function getOnlineInfo(world: World, call: Call): Reply {
  authorize(world, call, 'other', 'getMetadata')
  const id = queryText(call, 'bot_id')
  const bot = knownBot(world, id)
  if (bot.published === false) throw notPublished(id)
  return answer(botInfo(id, bot))
}

function knownBot(world: World, id: string): BotSpec {
  const bot = world.options.bots[id]
  if (bot === undefined) throw noSuch('bot_id', id)
  return bot
}

function notPublished(id: string): Refusal {
  return new Refusal(4015, `The bot_id ${id} has not been published to the channel Agent As API.`)
}

function botInfo(id: string, bot: BotSpec): JsonObject {
  return {
    bot_id: id,
    name: bot.name ?? `Bot ${id}`,
    description: 'An emulated agent',
    icon_url: '',
    create_time: CREATED_S,
    update_time: CREATED_S,
    version: '1',
    prompt_info: { prompt: '' },
    onboarding_info: {
      prologue: bot.prologue ?? '',
      suggested_questions: bot.suggestedQuestions ?? [],
    },
    bot_mode: 0,
    plugin_info_list: [],
    model_info: { model_id: '1', model_name: 'emulated' },
    owner_user_id: defaults.ownerUid,
  }
}

function listBots(world: World, call: Call): Reply {
  authorize(world, call, 'other', 'listBot')
  queryText(call, 'workspace_id')
  const wanted = call.query['publish_status'] ?? 'published_online'
  const bots = Object.entries(world.options.bots).filter(
    ([, bot]) => wanted === 'all' || (bot.published !== false) === (wanted === 'published_online'),
  )
  const pageName = call.query['page_index'] === undefined ? 'page_num' : 'page_index'
  const page = pageOf(bots, queryNumber(call, pageName, 1, 1000), queryNumber(call, 'page_size', 20, 100))
  const items = page.items.map(([id, bot]) => ({
    id,
    name: bot.name ?? `Bot ${id}`,
    description: 'An emulated agent',
    icon_url: '',
    is_published: bot.published !== false,
    published_at: CREATED_S,
    updated_at: CREATED_S,
    owner_user_id: defaults.ownerUid,
  }))
  return answer({ items, total: bots.length })
}

function listPublished(world: World, call: Call): Reply {
  authorize(world, call, 'other', 'getPublishedBot')
  queryText(call, 'space_id')
  const bots = Object.entries(world.options.bots).filter(([, bot]) => bot.published !== false)
  const page = pageOf(bots, queryNumber(call, 'page_index', 1, 1000), queryNumber(call, 'page_size', 20, 100))
  const spaceBots = page.items.map(([id, bot]) => ({
    bot_id: id,
    bot_name: bot.name ?? `Bot ${id}`,
    description: 'An emulated agent',
    icon_url: '',
    publish_time: String(CREATED_S),
  }))
  return answer({ space_bots: spaceBots, total: bots.length })
}

function listWorkspaces(world: World, call: Call): Reply {
  const token = authorize(world, call, 'other', 'listWorkspace')
  const workspaces = [
    {
      id: defaults.workspaceId,
      name: 'Personal',
      icon_url: '',
      role_type: 'owner',
      workspace_type: 'personal',
      enterprise_id: '',
      owner_uid: token.ownerUid,
      admin_uids: [],
      description: '',
      joined_status: 'joined',
    },
  ]
  return answer({ workspaces, total_count: workspaces.length })
}

function me(world: World, call: Call): Reply {
  const { ownerUid } = authorize(world, call, 'other')
  return answer({ user_id: ownerUid, user_name: 'emulated', nick_name: 'Emulated', avatar_url: '' })
}

/** Kept apart by account, connector user and bot. */
function variableKey(owner: string, values: JsonObject): string {
  const [botId, appId] = [textOf(values['bot_id']), textOf(values['app_id'])]
  if ((botId === undefined) === (appId === undefined)) throw badParameter('either bot_id or app_id')
  return [owner, textOf(values['connector_uid']) ?? '', botId ?? appId].join('/')
}

function readVariables(world: World, call: Call): Reply {
  const token = authorize(world, call, 'other', 'readVariable')
  const known = world.store.variables.get(variableKey(token.owner, call.query))
  const keywords = call.query['keywords']?.split(',').filter((word) => word !== '')
  const items = [...(known ?? [])]
    .filter(([keyword]) => keywords === undefined || keywords.includes(keyword))
    .map(([keyword, entry]) => ({
      keyword,
      value: entry.value,
      create_time: entry.updatedAtS,
      update_time: entry.updatedAtS,
    }))
  return answer({ items })
}

function writeVariables(world: World, call: Call): Reply {
  const token = authorize(world, call, 'other', 'updateVariable')
  const body = bodyOf(call)
  const key = variableKey(token.owner, body)
  const known = world.store.variables.get(key) ?? new Map<string, { value: string; updatedAtS: number }>()
  for (const item of listOf(body['data'])) {
    const keyword = isObject(item) ? textOf(item['keyword']) : undefined
    const value = isObject(item) ? item['value'] : undefined
    if (keyword === undefined || typeof value !== 'string') throw badParameter('data needs keyword and value')
    known.set(keyword, { value, updatedAtS: world.nowS() })
  }
  world.store.variables.set(key, known)
  return answer(undefined)
}
