// What does the platform tell an app about itself: its version, what it subscribed to, what it was granted?
//
// Shapes: application/v6/applications/:app_id and application/v6/scopes, as the official SDK types them.
import { ALL_SCOPES } from './app-set-up.ts'
import { ApiError } from './errors.ts'
import { success, type Route } from './world.ts'

const MANAGE = 'application:application:self_manage'
const [NOT_GRANTED, GRANTED] = [2, 1]

export const applicationRoutes: readonly Route[] = [
  {
    operation: 'application.get',
    method: 'GET',
    path: '/open-apis/application/v6/applications/:app_id',
    run: ({ params }, { behaviour, bot }) => {
      const { app, appId } = behaviour
      if (app.scopes === 'untold' || !app.scopes.includes(MANAGE)) {
        throw new ApiError(99991672, `Access denied. One of the following scopes is required: [${MANAGE}].`)
      }
      if (params['app_id'] !== appId && params['app_id'] !== 'me') {
        throw new ApiError(210515, 'The app does not exist.')
      }
      return success({
        app: {
          app_id: appId,
          app_name: bot.name,
          status: app.published ? 1 : 2,
          scene_type: 0,
          online_version_id: app.published ? 'oav_1' : '',
          unaudit_version_id: '',
          event: { subscription_type: app.eventMode, request_url: '', subscribed_events: app.events },
          callback_info: {
            callback_type: app.callbackMode,
            request_url: '',
            subscribed_callbacks: app.callbacks,
          },
        },
      })
    },
  },
  {
    operation: 'scope.list',
    method: 'GET',
    path: '/open-apis/application/v6/scopes',
    run: (_call, { behaviour }) => {
      const { scopes } = behaviour.app
      if (scopes === 'untold') throw new ApiError(99991672, 'Access denied.')
      // What was applied for and not granted is listed as well.
      const names = [...new Set([...ALL_SCOPES, ...scopes])]
      return success({
        scopes: names.map((name) => ({
          scope_name: name,
          grant_status: scopes.includes(name) ? GRANTED : NOT_GRANTED,
          scope_type: 'tenant',
        })),
      })
    },
  },
]
