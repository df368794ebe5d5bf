namespace Radapt.Pacs.Sending;

/// <summary>What became of an instance that was sent.</summary>
internal enum StowOutcome
{
    /// <summary>The archive has it.</summary>
    Stored,

    /// <summary>The archive does not want this instance; sending it again changes nothing.</summary>
    Rejected,

    /// <summary>The archive could not be reached, or wants no instance at the moment; it may be sent again.</summary>
    Unavailable,
}

/// <summary>An archive's answer.</summary>
/// <param name="Outcome">What became of the instance.</param>
/// <param name="Reason">Why it is not stored, in a sentence that says what to do; nothing that the archive wrote. Empty: it is.</param>
/// <param name="RetryAfter">When the archive wants to be asked again; null: it did not say.</param>
internal sealed record StowReply(StowOutcome Outcome, string Reason = "", TimeSpan? RetryAfter = null);
