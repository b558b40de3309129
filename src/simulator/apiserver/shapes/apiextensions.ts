/** Kinds of apiextensions.k8s.io/v1. Written as {@link parseShapes} reads it. */
export const apiextensions = {
  prefix: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
  text: `
CustomResourceColumnDefinition: description string; format string; jsonPath! string; name! string; priority int32; type! string
CustomResourceConversion: strategy! string; webhook WebhookConversion
CustomResourceDefinition: metadata ObjectMeta; spec! CustomResourceDefinitionSpec; status CustomResourceDefinitionStatus
CustomResourceDefinitionCondition: lastTransitionTime time; message string; observedGeneration int64; reason string;
   status! string; type! string
CustomResourceDefinitionNames: categories [atomic]string; kind! string; listKind string; plural! string;
   shortNames [atomic]string; singular string
CustomResourceDefinitionSpec: conversion CustomResourceConversion; group! string; names! CustomResourceDefinitionNames;
   preserveUnknownFields bool; scope! string; versions! [atomic]CustomResourceDefinitionVersion
CustomResourceDefinitionStatus: acceptedNames CustomResourceDefinitionNames;
   conditions [map type]CustomResourceDefinitionCondition; observedGeneration int64; storedVersions [atomic]string
CustomResourceDefinitionVersion: additionalPrinterColumns [atomic]CustomResourceColumnDefinition; deprecated bool;
   deprecationWarning string; name! string; schema CustomResourceValidation; selectableFields [atomic]SelectableField;
   served! bool; storage! bool; subresources CustomResourceSubresources
CustomResourceSubresourceScale: labelSelectorPath string; specReplicasPath! string; statusReplicasPath! string
CustomResourceSubresourceStatus:
CustomResourceSubresources: scale CustomResourceSubresourceScale; status CustomResourceSubresourceStatus
CustomResourceValidation: openAPIV3Schema JSONSchemaProps
ExternalDocumentation: description string; url string
JSONSchemaProps: $ref string; $schema string; additionalItems any; additionalProperties any; allOf [atomic]JSONSchemaProps;
   anyOf [atomic]JSONSchemaProps; default any; definitions {JSONSchemaProps}; dependencies {any}; description string;
   enum [atomic]any; example any; exclusiveMaximum bool; exclusiveMinimum bool; externalDocs ExternalDocumentation; format string;
   id string; items any; maxItems int64; maxLength int64; maxProperties int64; maximum double; minItems int64; minLength int64;
   minProperties int64; minimum double; multipleOf double; not JSONSchemaProps; nullable bool; oneOf [atomic]JSONSchemaProps;
   pattern string; patternProperties {JSONSchemaProps}; properties {JSONSchemaProps}; required [atomic]string; title string;
   type string; uniqueItems bool; x-kubernetes-embedded-resource bool; x-kubernetes-int-or-string bool;
   x-kubernetes-list-map-keys [atomic]string; x-kubernetes-list-type string; x-kubernetes-map-type string;
   x-kubernetes-preserve-unknown-fields bool; x-kubernetes-validations [map rule|merge rule]ValidationRule
SelectableField: jsonPath! string
ServiceReference: name! string; namespace! string; path string; port int32
ValidationRule: fieldPath string; message string; messageExpression string; optionalOldSelf bool;
   reason string(FieldValueDuplicate|FieldValueForbidden|FieldValueInvalid|FieldValueRequired); rule! string
WebhookClientConfig: caBundle bytes; service ServiceReference; url string
WebhookConversion: clientConfig WebhookClientConfig; conversionReviewVersions! [atomic]string
`,
};
