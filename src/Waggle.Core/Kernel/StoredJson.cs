namespace Waggle.Core.Kernel;

/// <summary>
/// What the stored forms of all features have in common. Reading ignores unknown fields, so that an older hub can read what a newer one added.
/// </summary>
internal static class StoredJson
{
    /// <summary>The deepest nesting that is read: a payload is as deep as a message may be (64) and lies a few levels deeper in what is stored.</summary>
    public const int Depth = 128;
}
