namespace Waggle.Survey.Sources;

/// <param name="Path">Relative to the surveyed directory, with <c>/</c>.</param>
/// <param name="Language">The name of its language, see <see cref="SourceLanguages"/>.</param>
/// <param name="Bytes">Its size when the directory was listed.</param>
internal sealed record SourceFile(string Path, string Language, long Bytes);

/// <summary>Something the survey would have measured or entered, and why it did not.</summary>
internal sealed record SkippedEntry(string Path, string Reason);
