namespace Waggle.Core.Kernel;

/// <summary>What stands in place of an erased text that a reader needs.</summary>
internal static class PurgedText
{
    public const string Text = "(purged)";

    public static string? Of(string? text) => text is null ? null : Text;
}
