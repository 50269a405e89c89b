// Whom does a `receive_id` name? The id's prefix must fit its type, and the place must be known.
import { ApiError, fieldViolation } from './errors.ts'
import { openP2p } from './rooms-of-people.ts'
import type { ChatState, Person } from './types.ts'
import type { World } from './world.ts'

const PREFIXES: Readonly<Record<string, string>> = { chat_id: 'oc_', open_id: 'ou_', union_id: 'on_' }

export function receiverOf(world: World, type: string | undefined, id: unknown): ChatState {
  if (type === undefined || !['chat_id', 'open_id', 'union_id', 'user_id', 'email'].includes(type))
    throw fieldViolation('receive_id_type', 'receive_id_type is invalid')
  if (typeof id !== 'string' || id === '') throw fieldViolation('receive_id', 'receive_id is required')
  const prefix = PREFIXES[type]
  if (prefix !== undefined && !id.startsWith(prefix))
    throw new ApiError(99992361, `${type} cross app or of the wrong type: ${id}`)
  if (type === 'chat_id') {
    const room = world.store.chats.get(id)
    if (room === undefined) throw new ApiError(230034, 'The receive_id is invalid.')
    return room
  }
  const person =
    type === 'open_id'
      ? world.store.people.get(id)
      : [...world.store.people.values()].find((one) => idOf(one, type) === id)
  if (person === undefined) throw new ApiError(99992351, `not a valid {${type}}: ${id}`)
  return openP2p(world, person)
}

function idOf(person: Person, type: string): string | undefined {
  switch (type) {
    case 'union_id':
      return person.unionId
    case 'user_id':
      return person.userId
    default:
      return `${person.userId}@emulator.example`
  }
}
