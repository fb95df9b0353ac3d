namespace Waggle.Core.Kernel;

/// <summary>
/// The properties that the stored forms of all features share. A reader ignores unknown fields, so that an older hub can read the data of a newer one.
/// </summary>
internal static class StoredJson
{
    /// <summary>
    /// The deepest nesting that a reader accepts. A payload is as deep as a message may be (64) and lies a few levels deeper in the stored form.
    /// </summary>
    public const int Depth = 128;
}
