// Which routes are there?
import type { Route } from './call.ts'
import { botRoutes } from './routes-bots.ts'
import { chatRoutes } from './routes-chat.ts'
import { chatLaterRoutes } from './routes-chat-later.ts'
import { chatflowRoutes } from './routes-chatflow.ts'
import { conversationRoutes } from './routes-conversations.ts'
import { audioRoutes } from './routes-audio.ts'
import { fileRoutes } from './routes-files.ts'
import { historyRoutes } from './routes-histories.ts'
import { messageRoutes } from './routes-messages.ts'
import { peopleRoutes } from './oauth-people.ts'
import { oauthRoutes } from './routes-oauth.ts'
import { workflowRoutes } from './routes-workflows.ts'
import { servedRoutes } from './served.ts'

export const routes: readonly Route[] = [
  ...chatRoutes,
  ...chatLaterRoutes,
  ...conversationRoutes,
  ...messageRoutes,
  ...fileRoutes,
  ...audioRoutes,
  ...botRoutes,
  ...workflowRoutes,
  ...historyRoutes,
  ...chatflowRoutes,
  ...oauthRoutes,
  ...peopleRoutes,
  ...servedRoutes,
]
