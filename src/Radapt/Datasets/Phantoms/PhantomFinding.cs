namespace Radapt.Datasets.Phantoms;

/// <summary>The findings of phantoms, named as in ChestX-ray14. The order is that of the label table.</summary>
public enum PhantomFinding
{
    /// <summary>A heart wider than half of the chest.</summary>
    Cardiomegaly,

    /// <summary>Fluid at the base of one side, with a meniscus.</summary>
    Effusion,

    /// <summary>A patch of airless lung in which bronchi show dark.</summary>
    Consolidation,

    /// <summary>A round spot of 8 to 30 mm.</summary>
    Nodule,

    /// <summary>
    /// Air between chest wall and a lung that has drawn back: its edge shows as a line, beyond which there are no vessels.
    /// </summary>
    Pneumothorax,
}
