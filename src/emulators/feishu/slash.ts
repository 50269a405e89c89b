// Which native slash commands does the app offer? Listed, made, changed and removed, as the platform's newer API does.
import { ApiError, fieldViolation } from './errors.ts'
import type { SlashCommand } from './store.ts'
import { isRecord, recordOf, stringOf, type Json } from './types.ts'
import { success, type Call, type Route, type World } from './world.ts'

const COMMANDS = '/open-apis/application/v7/app_slash_commands'
const MAX_COMMANDS = 100
/** Twelve of the platform's 72. Feishu docs: slash commands of an agent. */
const ICONS = `skill_outlined chat_outlined clear_outlined database_outlined home_outlined flag_outlined
  edit_outlined robot_outlined mic_outlined add-chat-ai_outlined ai-block_outlined`.split(/\s+/)

export const slashRoutes: readonly Route[] = [
  {
    operation: 'slash.list',
    method: 'GET',
    path: COMMANDS,
    run: (_call, { store }) => success({ items: [...store.slashCommands.values()].map(restCommand) }),
  },
  {
    operation: 'slash.create',
    method: 'POST',
    path: COMMANDS,
    run: ({ body }, world) => {
      const { slashCommands } = world.store
      const command = stringOf(body['command']) ?? ''
      if (!/^[^/\s]{1,32}$/.test(command)) throw fieldViolation('command', 'a name without slash is required')
      if ([...slashCommands.values()].some((known) => known.command === command))
        throw new ApiError(40000000, 'command already exists')
      if (slashCommands.size >= MAX_COMMANDS) throw fieldViolation('command', 'at most 100 commands')
      const made = withBody(world, { commandId: world.ids.nextNumber(), command }, body)
      slashCommands.set(made.commandId, made)
      world.store.changed()
      return success({ command_id: made.commandId })
    },
  },
  {
    operation: 'slash.update',
    method: 'PATCH',
    path: `${COMMANDS}/:command_id`,
    run: (call, world) => {
      const known = existing(world, call)
      // The name stays: it is immutable.
      const changed = withBody(world, known, { description: known.description, ...call.body })
      world.store.slashCommands.set(known.commandId, { ...changed, icon: changed.icon ?? known.icon })
      world.store.changed()
      return success()
    },
  },
  {
    operation: 'slash.delete',
    method: 'DELETE',
    path: `${COMMANDS}/:command_id`,
    run: (call, world) => {
      world.store.slashCommands.delete(existing(world, call).commandId)
      world.store.changed()
      return success()
    },
  },
]

function existing({ store }: World, { params }: Call): SlashCommand {
  const known = store.slashCommands.get(params['command_id'] ?? '')
  if (known === undefined) throw fieldViolation('command_id', 'the command does not exist')
  return known
}

function withBody(
  world: World,
  { commandId, command }: Pick<SlashCommand, 'commandId' | 'command'>,
  { description, icon }: Json,
): SlashCommand {
  if (typeof recordOf(description)['default_value'] !== 'string')
    throw fieldViolation('description', 'description.default_value is required')
  if (icon !== undefined && !ICONS.includes(String(recordOf(icon)['icon_key'])))
    throw new ApiError(40000031, 'icon_key is not allowed')
  return {
    commandId,
    command,
    description: recordOf(description),
    icon: isRecord(icon) ? icon : undefined,
    updatedAtMs: world.nowMs(),
  }
}

function restCommand({ commandId, command, description, icon, updatedAtMs }: SlashCommand): Json {
  return {
    command_id: commandId,
    command,
    description,
    ...(icon === undefined ? {} : { icon }),
    update_time: String(updatedAtMs),
  }
}
