/** Volumes of core/v1. Written as {@link parseShapes} reads it. */
export const coreVolumes = {
  prefix: 'io.k8s.api.core.v1',
  text: `
AWSElasticBlockStoreVolumeSource: fsType string; partition int32; readOnly bool; volumeID! string
AttachedVolume: devicePath! string; name! string
AzureDiskVolumeSource: cachingMode string(None|ReadOnly|ReadWrite) = "ReadWrite"; diskName! string; diskURI! string;
   fsType string = "ext4"; kind string(Dedicated|Managed|Shared) = "Shared"; readOnly bool
AzureFileVolumeSource: readOnly bool; secretName! string; shareName! string
CSIVolumeSource: driver! string; fsType string; nodePublishSecretRef LocalObjectReference; readOnly bool;
   volumeAttributes {string}
CephFSVolumeSource: monitors! [atomic]string; path string; readOnly bool; secretFile string; secretRef LocalObjectReference;
   user string
CinderVolumeSource: fsType string; readOnly bool; secretRef LocalObjectReference; volumeID! string
ClusterTrustBundleProjection: labelSelector LabelSelector; name string; optional bool; path! string; signerName string
ConfigMapProjection: items [atomic]KeyToPath; name string; optional bool
ConfigMapVolumeSource: defaultMode int32; items [atomic]KeyToPath; name string; optional bool
DownwardAPIProjection: items [atomic]DownwardAPIVolumeFile
DownwardAPIVolumeFile: fieldRef ObjectFieldSelector; mode int32; path! string; resourceFieldRef ResourceFieldSelector
DownwardAPIVolumeSource: defaultMode int32; items [atomic]DownwardAPIVolumeFile
EmptyDirVolumeSource: medium string; sizeLimit quantity
EphemeralVolumeSource: volumeClaimTemplate PersistentVolumeClaimTemplate
FCVolumeSource: fsType string; lun int32; readOnly bool; targetWWNs [atomic]string; wwids [atomic]string
FlexVolumeSource: driver! string; fsType string; options {string}; readOnly bool; secretRef LocalObjectReference
FlockerVolumeSource: datasetName string; datasetUUID string
GCEPersistentDiskVolumeSource: fsType string; partition int32; pdName! string; readOnly bool
GitRepoVolumeSource: directory string; repository! string; revision string
GlusterfsVolumeSource: endpoints! string; path! string; readOnly bool
HostPathVolumeSource: path! string; type string(|BlockDevice|CharDevice|Directory|DirectoryOrCreate|File|FileOrCreate|Socket)
ISCSIVolumeSource: chapAuthDiscovery bool; chapAuthSession bool; fsType string; initiatorName string; iqn! string;
   iscsiInterface string = "default"; lun! int32; portals [atomic]string; readOnly bool; secretRef LocalObjectReference;
   targetPortal! string
ImageVolumeSource: pullPolicy string(Always|IfNotPresent|Never); reference string
KeyToPath: key! string; mode int32; path! string
ModifyVolumeStatus: status! string(InProgress|Infeasible|Pending); targetVolumeAttributesClassName string
NFSVolumeSource: path! string; readOnly bool; server! string
PersistentVolumeClaim: metadata ObjectMeta; spec PersistentVolumeClaimSpec; status PersistentVolumeClaimStatus
PersistentVolumeClaimCondition: lastProbeTime time; lastTransitionTime time; message string; reason string; status! string;
   type! string
PersistentVolumeClaimSpec: accessModes [atomic]string(ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod);
   dataSource TypedLocalObjectReference; dataSourceRef TypedObjectReference; resources VolumeResourceRequirements;
   selector LabelSelector; storageClassName string; volumeAttributesClassName string; volumeMode string(Block|Filesystem);
   volumeName string
PersistentVolumeClaimStatus: accessModes [atomic]string(ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod);
   allocatedResourceStatuses {string(ControllerResizeInProgress|ControllerResizeInfeasible|NodeResizeInProgress|NodeResizeInfeasible|NodeResizePending)} @granular;
   allocatedResources {quantity}; capacity {quantity}; conditions [map type|merge type]PersistentVolumeClaimCondition;
   currentVolumeAttributesClassName string; modifyVolumeStatus ModifyVolumeStatus; phase string(Bound|Lost|Pending)
PersistentVolumeClaimTemplate: metadata ObjectMeta; spec! PersistentVolumeClaimSpec
PersistentVolumeClaimVolumeSource: claimName! string; readOnly bool
PhotonPersistentDiskVolumeSource: fsType string; pdID! string
PodCertificateProjection: certificateChainPath string; credentialBundlePath string; keyPath string; keyType! string;
   maxExpirationSeconds int32; signerName! string; userAnnotations {string}
PortworxVolumeSource: fsType string; readOnly bool; volumeID! string
ProjectedVolumeSource: defaultMode int32; sources [atomic]VolumeProjection
QuobyteVolumeSource: group string; readOnly bool; registry! string; tenant string; user string; volume! string
RBDVolumeSource: fsType string; image! string; keyring string = "/etc/ceph/keyring"; monitors! [atomic]string;
   pool string = "rbd"; readOnly bool; secretRef LocalObjectReference; user string = "admin"
ScaleIOVolumeSource: fsType string = "xfs"; gateway! string; protectionDomain string; readOnly bool;
   secretRef! LocalObjectReference; sslEnabled bool; storageMode string = "ThinProvisioned"; storagePool string; system! string;
   volumeName string
SecretProjection: items [atomic]KeyToPath; name string; optional bool
SecretVolumeSource: defaultMode int32; items [atomic]KeyToPath; optional bool; secretName string
ServiceAccountTokenProjection: audience string; expirationSeconds int64; path! string
StorageOSVolumeSource: fsType string; readOnly bool; secretRef LocalObjectReference; volumeName string; volumeNamespace string
TypedLocalObjectReference @atomic: apiGroup string; kind! string; name! string
TypedObjectReference: apiGroup string; kind! string; name! string; namespace string
Volume: awsElasticBlockStore AWSElasticBlockStoreVolumeSource; azureDisk AzureDiskVolumeSource; azureFile AzureFileVolumeSource;
   cephfs CephFSVolumeSource; cinder CinderVolumeSource; configMap ConfigMapVolumeSource; csi CSIVolumeSource;
   downwardAPI DownwardAPIVolumeSource; emptyDir EmptyDirVolumeSource; ephemeral EphemeralVolumeSource; fc FCVolumeSource;
   flexVolume FlexVolumeSource; flocker FlockerVolumeSource; gcePersistentDisk GCEPersistentDiskVolumeSource;
   gitRepo GitRepoVolumeSource; glusterfs GlusterfsVolumeSource; hostPath HostPathVolumeSource; image ImageVolumeSource;
   iscsi ISCSIVolumeSource; name! string; nfs NFSVolumeSource; persistentVolumeClaim PersistentVolumeClaimVolumeSource;
   photonPersistentDisk PhotonPersistentDiskVolumeSource; portworxVolume PortworxVolumeSource; projected ProjectedVolumeSource;
   quobyte QuobyteVolumeSource; rbd RBDVolumeSource; scaleIO ScaleIOVolumeSource; secret SecretVolumeSource;
   storageos StorageOSVolumeSource; vsphereVolume VsphereVirtualDiskVolumeSource
VolumeDevice: devicePath! string; name! string
VolumeMount: mountPath! string; mountPropagation string(Bidirectional|HostToContainer|None); name! string; readOnly bool;
   recursiveReadOnly string; subPath string; subPathExpr string
VolumeMountStatus: mountPath! string; name! string; readOnly bool; recursiveReadOnly string; volumeStatus VolumeStatus
VolumeProjection: clusterTrustBundle ClusterTrustBundleProjection; configMap ConfigMapProjection;
   downwardAPI DownwardAPIProjection; podCertificate PodCertificateProjection; secret SecretProjection;
   serviceAccountToken ServiceAccountTokenProjection
VolumeResourceRequirements: limits {quantity}; requests {quantity}
VolumeStatus: image ImageVolumeStatus
VsphereVirtualDiskVolumeSource: fsType string; storagePolicyID string; storagePolicyName string; volumePath! string
`,
};
