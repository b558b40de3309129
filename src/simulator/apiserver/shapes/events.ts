/** Kinds of events.k8s.io/v1. Written as {@link parseShapes} reads it. */
export const events = {
  prefix: 'io.k8s.api.events.v1',
  text: `
Event: action:6 string; deprecatedCount:15 int32?; deprecatedFirstTimestamp:13 time; deprecatedLastTimestamp:14 time;
   deprecatedSource:12 EventSource; eventTime:2! microtime; metadata:1 ObjectMeta; note:10 string; reason:7 string;
   regarding:8 ObjectReference; related:9 ObjectReference; reportingController:4 string; reportingInstance:5 string;
   series:3 EventSeries; type:11 string
EventSeries: count:1! int32; lastObservedTime:2! microtime
`,
};
