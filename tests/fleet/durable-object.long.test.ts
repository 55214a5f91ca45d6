import { startDurableObject } from './durable-object-server.ts'
import { describeFleet } from './fleet-on-engine.ts'

describeFleet({
  name: 'one Durable Object',
  missing: undefined,
  isEmptyWhenBack: false,
  start: startDurableObject,
})
