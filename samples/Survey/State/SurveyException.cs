namespace Waggle.Survey.State;

/// <summary>The survey ends, and why, in one line.</summary>
/// <param name="isUsage">It could not begin: what was asked for cannot be surveyed, or its hub cannot be started.</param>
public sealed class SurveyException(string message, bool isUsage = false, Exception? inner = null) : Exception(message, inner)
{
    public bool IsUsage => isUsage;
}
