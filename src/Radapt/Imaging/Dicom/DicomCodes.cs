namespace Radapt.Imaging.Dicom;

/// <summary>
/// Codes of the standard that a header may have. Only these are shown: what else a damaged or careless file has in their place may be
/// somebody's name.
/// </summary>
internal static class DicomCodes
{
    // PS3.3, C.7.3.1.1.1, with its retired terms; DR is written by older equipment.
    private static readonly HashSet<string> s_modalities = Read(
        "ANN AR ASMT AU BDUS BI BMD CFM CR CT CTPROTOCOL DMS DG DOC DX ECG EEG EMG EOG EPS ES FID GM HC HD IO IOL IVOCT IVUS KER KO LEN LS "
            + "M3D MG MR NM OAM OCT OP OPM OPT OPTBSV OPTENF OPV OSS OT PA PLAN POS PR PT PX REG RESP RF RG RTDOSE RTIMAGE RTINTENT RTPLAN "
            + "RTRAD RTRECORD RTSEGANN RTSTRUCT RWV SEG SM SMR SR SRF STAIN TEXTUREMAP TG US VA XA XAPROTOCOL XC "
            + "AS CD CF CP CS DD DF DM DS EC FA FS LP MA MS OPR ST VF DR");

    // PS3.16, annex L: those that radiographs are taken of.
    private static readonly HashSet<string> s_bodyParts = Read(
        "ABDOMEN ABDOMENPELVIS ACJOINT ANKLE ARM BACK BREAST CALCANEUS CALF CHEST CHESTABDOMEN CHESTABDPELVIS CLAVICLE COCCYX CSPINE "
            + "CTSPINE ELBOW EXTREMITY EYE FACE FEMUR FIBULA FINGER FOOT FOREARM HAND HEAD HEADNECK HIP HUMERUS JAW KNEE LEG LSPINE LSSPINE LUNG "
            + "MANDIBLE MAXILLA NECK NECKCHEST NECKCHESTABDOMEN ORBIT PATELLA PELVIS RADIUS RIB SCAPULA SCJOINT SHOULDER SIJOINT SINUS "
            + "SKULL SPINE SSPINE STERNUM THIGH THORAX THUMB TIBIA TLSPINE TMJ TOE TSPINE ULNA WHOLEBODY WRIST ZYGOMA");

    /// <summary>Whether it is a modality.</summary>
    public static bool IsModality(string code) => s_modalities.Contains(code);

    /// <summary>Whether it is a part of the body.</summary>
    public static bool IsBodyPart(string code) => s_bodyParts.Contains(code);

    private static HashSet<string> Read(string codes) => new(codes.Split(' '), StringComparer.Ordinal);
}
