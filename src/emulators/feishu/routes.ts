// Which calls does the emulated platform serve? Every one, in one table; what a setting switches off is left out.
import { applicationRoutes } from './application.ts'
import { authRoutes } from './auth.ts'
import { cardRoutes } from './cardkit.ts'
import { delayedUpdateRoutes } from './delayed-update.ts'
import { directoryRoutes } from './directory.ts'
import { messageRoutes } from './messages.ts'
import { progressRoutes } from './progress.ts'
import { reactionRoutes } from './reactions.ts'
import { slashRoutes } from './slash.ts'
import { fileRoutes } from './uploads.ts'
import type { Behaviour, Route } from './world.ts'

export function routesOf({ slashCommands, cotAvailable }: Behaviour): readonly Route[] {
  return [
    ...authRoutes,
    ...directoryRoutes,
    ...applicationRoutes,
    ...messageRoutes,
    ...reactionRoutes,
    ...fileRoutes,
    ...cardRoutes,
    ...delayedUpdateRoutes,
    ...(slashCommands ? slashRoutes : []),
    ...(cotAvailable ? progressRoutes : []),
  ]
}
