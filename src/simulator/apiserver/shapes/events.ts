/** Kinds of events.k8s.io/v1. Written as {@link parseShapes} reads it. */
export const events = {
  prefix: 'io.k8s.api.events.v1',
  text: `
Event: action string; deprecatedCount int32; deprecatedFirstTimestamp time; deprecatedLastTimestamp time;
   deprecatedSource EventSource; eventTime! microtime; metadata ObjectMeta; note string; reason string; regarding ObjectReference;
   related ObjectReference; reportingController string; reportingInstance string; series EventSeries; type string
EventSeries: count! int32; lastObservedTime! microtime
`,
};
