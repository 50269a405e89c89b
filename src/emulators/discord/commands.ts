// Which routes register, list and remove the application's commands?
import type { Call, Handler, Route } from './call.ts'
import { checkCommand, checkCommands } from './command-rules.ts'
import { invalidForm, refusals } from './errors.ts'
import { guildFor } from './permissions.ts'
import { isJson, type Json } from './types.ts'
import type { World } from './world.ts'

const list: Handler = (call, world) => ({
  status: 200,
  body: commandsIn(world, scopeFor(world, call)).map((command) =>
    call.query.get('with_localizations') === 'true' ? command : withoutLocalizations(command),
  ),
})

const overwrite: Handler = (call, world) => {
  const scope = scopeFor(world, call)
  if (call.list === undefined) {
    const message = 'Only iterables may be used in a ListType'
    throw invalidForm([{ path: '', code: 'LIST_TYPE_CONVERT', message }])
  }
  const wanted = call.list
  checkCommands(wanted)
  const before = commandsIn(world, scope)
  const after = wanted.filter(isJson).map((command) => built(world, scope, command, sameAs(before, command)))
  world.store.commands.set(scope, after)
  world.store.changed()
  return { status: 200, body: after }
}

const create: Handler = (call, world) => {
  const scope = scopeFor(world, call)
  checkCommand(call.body)
  const before = commandsIn(world, scope)
  const known = sameAs(before, call.body)
  const made = built(world, scope, call.body, known)
  checkRoom(before, made, known)
  world.store.commands.set(scope, [...before.filter((command) => command !== known), made])
  world.store.changed()
  return { status: known === undefined ? 201 : 200, body: made }
}

const one: Handler = (call, world) => ({ status: 200, body: commandFor(world, call) })

const change: Handler = (call, world) => {
  const scope = scopeFor(world, call)
  const before = commandFor(world, call)
  const body = { ...before, ...call.body }
  checkCommand(body)
  const after = built(world, scope, body, before)
  const others = commandsIn(world, scope).map((command) => (command === before ? after : command))
  world.store.commands.set(scope, others)
  return { status: 200, body: after }
}

const remove: Handler = (call, world) => {
  const scope = scopeFor(world, call)
  const gone = commandFor(world, call)
  world.store.commands.set(
    scope,
    commandsIn(world, scope).filter((command) => command !== gone),
  )
  return { status: 204 }
}

export const commandRoutes: readonly Route[] = [
  '/applications/:application/commands',
  '/applications/:application/guilds/:guild/commands',
].flatMap((path): readonly Route[] => [
  { name: 'listCommands', method: 'GET', path, bucket: 'other', run: list },
  { name: 'overwriteCommands', method: 'PUT', path, bucket: 'other', run: overwrite },
  { name: 'createCommand', method: 'POST', path, bucket: 'other', run: create },
  { name: 'getCommand', method: 'GET', path: `${path}/:command`, bucket: 'other', run: one },
  { name: 'changeCommand', method: 'PATCH', path: `${path}/:command`, bucket: 'other', run: change },
  { name: 'deleteCommand', method: 'DELETE', path: `${path}/:command`, bucket: 'other', run: remove },
])

/** `global` or a guild's id. */
export function commandsIn(world: World, scope: string): readonly Json[] {
  return world.store.commands.get(scope) ?? []
}

export function isChatInput(command: Json): boolean {
  return (command['type'] ?? 1) === 1
}

function scopeFor(world: World, { params }: Call): string {
  if (params['application'] !== world.applicationId) throw refusals.missingAccess()
  return params['guild'] === undefined ? 'global' : guildFor(world, params['guild']).id
}

function commandFor(world: World, call: Call): Json {
  const found = commandsIn(world, scopeFor(world, call)).find(({ id }) => id === call.params['command'])
  if (found === undefined) throw refusals.unknownCommand()
  return found
}

function checkRoom(before: readonly Json[], made: Json, known: Json | undefined): void {
  const max = isChatInput(made) ? 100 : 15
  const others = before.filter((command) => command !== known && command['type'] === made['type'])
  if (others.length >= max) throw refusals.tooManyCommands()
}

function sameAs(before: readonly Json[], { name, type = 1 }: Json): Json | undefined {
  return before.find((command) => command['name'] === name && command['type'] === type)
}

function built(world: World, scope: string, body: Json, known: Json | undefined): Json {
  const { name, type = 1, description = '', options, nsfw = false } = body
  return {
    id: known?.['id'] ?? world.ids.next(),
    application_id: world.applicationId,
    version: world.ids.next(),
    type,
    name,
    name_localizations: body['name_localizations'] ?? null,
    description: type === 1 ? description : '',
    description_localizations: body['description_localizations'] ?? null,
    default_member_permissions: body['default_member_permissions'] ?? null,
    nsfw,
    ...(options === undefined ? {} : { options }),
    ...(scope === 'global'
      ? {
          dm_permission: body['dm_permission'] ?? true,
          contexts: body['contexts'] ?? null,
          integration_types: body['integration_types'] ?? [0],
        }
      : { guild_id: scope }),
  }
}

function withoutLocalizations(command: Json): Json {
  const { name_localizations: _names, description_localizations: _descriptions, ...rest } = command
  return rest
}
