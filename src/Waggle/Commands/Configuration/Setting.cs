namespace Waggle.Commands.Configuration;

/// <summary>A setting that the file, the environment and a flag can contain; docs/configuration.md has a row for each.</summary>
/// <param name="Widens">Whether the setting can admit more people or pages, or send data elsewhere. A file in the current folder that the user did not name
/// must not contain it.</param>
/// <param name="IsSecret">Whether the value may contain a password, so that it is never shown.</param>
internal sealed record Setting(string Key, string Rule, string Standard, string Meaning, bool Widens = false, bool IsSecret = false)
{
    public string Flag => $"--{Key.Replace('_', '-')}";

    public string Variable => $"WAGGLE_{Key.ToUpperInvariant()}";
}

/// <summary>A value as it was written, and its source.</summary>
internal sealed record Found(string Text, string Source);
