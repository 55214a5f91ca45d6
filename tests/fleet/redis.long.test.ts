import { describeFleet } from './fleet-on-engine.ts'
import { missingRedis, startRedis } from './redis-server.ts'

describeFleet({
  name: 'one Redis',
  missing: missingRedis(),
  isEmptyWhenBack: true,
  start: startRedis,
})
