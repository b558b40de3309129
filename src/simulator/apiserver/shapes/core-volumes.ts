/** Volumes of core/v1. Written as {@link parseShapes} reads it. */
export const coreVolumes = {
  prefix: 'io.k8s.api.core.v1',
  text: `
AWSElasticBlockStoreVolumeSource: fsType:2 string; partition:3 int32?; readOnly:4 bool?; volumeID:1! string
AttachedVolume: devicePath:2! string; name:1! string
AzureDiskVolumeSource: cachingMode:3 string(None|ReadOnly|ReadWrite) = "ReadWrite"; diskName:1! string; diskURI:2! string;
   fsType:4 string = "ext4"; kind:6 string(Dedicated|Managed|Shared) = "Shared"; readOnly:5 bool
AzureFileVolumeSource: readOnly:3 bool?; secretName:1! string; shareName:2! string
CSIVolumeSource: driver:1! string; fsType:3 string; nodePublishSecretRef:5 LocalObjectReference; readOnly:2 bool;
   volumeAttributes:4 {string}
CephFSVolumeSource: monitors:1! [atomic]string; path:2 string; readOnly:6 bool?; secretFile:4 string;
   secretRef:5 LocalObjectReference; user:3 string
CinderVolumeSource: fsType:2 string; readOnly:3 bool?; secretRef:4 LocalObjectReference; volumeID:1! string
ClusterTrustBundleProjection: labelSelector:3 LabelSelector; name:1 string; optional:5 bool; path:4! string; signerName:2 string
ConfigMapProjection: items:2 [atomic]KeyToPath; name:1.1 string; optional:4 bool
ConfigMapVolumeSource: defaultMode:3 int32; items:2 [atomic]KeyToPath; name:1.1 string; optional:4 bool
DownwardAPIProjection: items:1 [atomic]DownwardAPIVolumeFile
DownwardAPIVolumeFile: fieldRef:2 ObjectFieldSelector; mode:4 int32; path:1! string; resourceFieldRef:3 ResourceFieldSelector
DownwardAPIVolumeSource: defaultMode:2 int32; items:1 [atomic]DownwardAPIVolumeFile
EmptyDirVolumeSource: medium:1 string; sizeLimit:2 quantity
EphemeralVolumeSource: volumeClaimTemplate:1 PersistentVolumeClaimTemplate
FCVolumeSource: fsType:3 string; lun:2 int32; readOnly:4 bool?; targetWWNs:1 [atomic]string; wwids:5 [atomic]string
FlexVolumeSource: driver:1! string; fsType:2 string; options:5 {string}; readOnly:4 bool?; secretRef:3 LocalObjectReference
FlockerVolumeSource: datasetName:1 string; datasetUUID:2 string
GCEPersistentDiskVolumeSource: fsType:2 string; partition:3 int32?; pdName:1! string; readOnly:4 bool?
GitRepoVolumeSource: directory:3 string; repository:1! string; revision:2 string
GlusterfsVolumeSource: endpoints:1! string; path:2! string; readOnly:3 bool?
HostPathVolumeSource: path:1! string; type:2 string(|BlockDevice|CharDevice|Directory|DirectoryOrCreate|File|FileOrCreate|Socket)
ISCSIVolumeSource: chapAuthDiscovery:8 bool?; chapAuthSession:11 bool?; fsType:5 string; initiatorName:12 string; iqn:2! string;
   iscsiInterface:4 string = "default"; lun:3! int32; portals:7 [atomic]string; readOnly:6 bool?;
   secretRef:10 LocalObjectReference; targetPortal:1! string
ImageVolumeSource: pullPolicy:2 string(Always|IfNotPresent|Never); reference:1 string
KeyToPath: key:1! string; mode:3 int32; path:2! string
ModifyVolumeStatus: status:2! string(InProgress|Infeasible|Pending); targetVolumeAttributesClassName:1 string
NFSVolumeSource: path:2! string; readOnly:3 bool?; server:1! string
PersistentVolumeClaim: metadata:1 ObjectMeta; spec:2 PersistentVolumeClaimSpec; status:3 PersistentVolumeClaimStatus
PersistentVolumeClaimCondition: lastProbeTime:3 time; lastTransitionTime:4 time; message:6 string; reason:5 string;
   status:2! string; type:1! string
PersistentVolumeClaimSpec: accessModes:1 [atomic]string(ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod);
   dataSource:7 TypedLocalObjectReference; dataSourceRef:8 TypedObjectReference; resources:2 VolumeResourceRequirements;
   selector:4 LabelSelector; storageClassName:5 string; volumeAttributesClassName:9 string; volumeMode:6 string(Block|Filesystem);
   volumeName:3 string
PersistentVolumeClaimStatus: accessModes:2 [atomic]string(ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod);
   allocatedResourceStatuses:7 {string(ControllerResizeInProgress|ControllerResizeInfeasible|NodeResizeInProgress|NodeResizeInfeasible|NodeResizePending)} @granular;
   allocatedResources:5 {quantity}; capacity:3 {quantity}; conditions:4 [map type|merge type]PersistentVolumeClaimCondition;
   currentVolumeAttributesClassName:8 string; modifyVolumeStatus:9 ModifyVolumeStatus; phase:1 string(Bound|Lost|Pending)
PersistentVolumeClaimTemplate: metadata:1 ObjectMeta; spec:2! PersistentVolumeClaimSpec
PersistentVolumeClaimVolumeSource: claimName:1! string; readOnly:2 bool?
PhotonPersistentDiskVolumeSource: fsType:2 string; pdID:1! string
PodCertificateProjection: certificateChainPath:6 string; credentialBundlePath:4 string; keyPath:5 string; keyType:2! string;
   maxExpirationSeconds:3 int32; signerName:1! string; userAnnotations:7 {string}
PortworxVolumeSource: fsType:2 string; readOnly:3 bool?; volumeID:1! string
ProjectedVolumeSource: defaultMode:2 int32; sources:1 [atomic]VolumeProjection
QuobyteVolumeSource: group:5 string; readOnly:3 bool?; registry:1! string; tenant:6 string; user:4 string; volume:2! string
RBDVolumeSource: fsType:3 string; image:2! string; keyring:6 string = "/etc/ceph/keyring"; monitors:1! [atomic]string;
   pool:4 string = "rbd"; readOnly:8 bool?; secretRef:7 LocalObjectReference; user:5 string = "admin"
ScaleIOVolumeSource: fsType:9 string = "xfs"; gateway:1! string; protectionDomain:5 string; readOnly:10 bool?;
   secretRef:3! LocalObjectReference; sslEnabled:4 bool?; storageMode:7 string = "ThinProvisioned"; storagePool:6 string;
   system:2! string; volumeName:8 string
SecretProjection: items:2 [atomic]KeyToPath; name:1.1 string; optional:4 bool
SecretVolumeSource: defaultMode:3 int32; items:2 [atomic]KeyToPath; optional:4 bool; secretName:1 string
ServiceAccountTokenProjection: audience:1 string; expirationSeconds:2 int64; path:3! string
StorageOSVolumeSource: fsType:3 string; readOnly:4 bool?; secretRef:5 LocalObjectReference; volumeName:1 string;
   volumeNamespace:2 string
TypedLocalObjectReference @atomic: apiGroup:1 string; kind:2! string; name:3! string
TypedObjectReference: apiGroup:1 string; kind:2! string; name:3! string; namespace:4 string
Volume: awsElasticBlockStore:2.4 AWSElasticBlockStoreVolumeSource; azureDisk:2.22 AzureDiskVolumeSource;
   azureFile:2.18 AzureFileVolumeSource; cephfs:2.14 CephFSVolumeSource; cinder:2.13 CinderVolumeSource;
   configMap:2.19 ConfigMapVolumeSource; csi:2.28 CSIVolumeSource; downwardAPI:2.16 DownwardAPIVolumeSource;
   emptyDir:2.2 EmptyDirVolumeSource; ephemeral:2.29 EphemeralVolumeSource; fc:2.17 FCVolumeSource;
   flexVolume:2.12 FlexVolumeSource; flocker:2.15 FlockerVolumeSource; gcePersistentDisk:2.3 GCEPersistentDiskVolumeSource;
   gitRepo:2.5 GitRepoVolumeSource; glusterfs:2.9 GlusterfsVolumeSource; hostPath:2.1 HostPathVolumeSource;
   image:2.30 ImageVolumeSource; iscsi:2.8 ISCSIVolumeSource; name:1! string; nfs:2.7 NFSVolumeSource;
   persistentVolumeClaim:2.10 PersistentVolumeClaimVolumeSource; photonPersistentDisk:2.23 PhotonPersistentDiskVolumeSource;
   portworxVolume:2.24 PortworxVolumeSource; projected:2.26 ProjectedVolumeSource; quobyte:2.21 QuobyteVolumeSource;
   rbd:2.11 RBDVolumeSource; scaleIO:2.25 ScaleIOVolumeSource; secret:2.6 SecretVolumeSource;
   storageos:2.27 StorageOSVolumeSource; vsphereVolume:2.20 VsphereVirtualDiskVolumeSource
VolumeDevice: devicePath:2! string; name:1! string
VolumeMount: mountPath:3! string; mountPropagation:5 string(Bidirectional|HostToContainer|None); name:1! string; readOnly:2 bool?;
   recursiveReadOnly:7 string; subPath:4 string; subPathExpr:6 string
VolumeMountStatus: mountPath:2! string; name:1! string; readOnly:3 bool?; recursiveReadOnly:4 string; volumeStatus:5 VolumeStatus
VolumeProjection: clusterTrustBundle:5 ClusterTrustBundleProjection; configMap:3 ConfigMapProjection;
   downwardAPI:2 DownwardAPIProjection; podCertificate:6 PodCertificateProjection; secret:1 SecretProjection;
   serviceAccountToken:4 ServiceAccountTokenProjection
VolumeResourceRequirements: limits:1 {quantity}; requests:2 {quantity}
VolumeStatus: image:1 ImageVolumeStatus
VsphereVirtualDiskVolumeSource: fsType:2 string; storagePolicyID:4 string; storagePolicyName:3 string; volumePath:1! string
`,
};
