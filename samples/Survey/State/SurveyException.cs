namespace Waggle.Survey.State;

/// <summary>The exception that ends the survey, with the reason in one line.</summary>
/// <param name="isUsage">Whether the survey could not begin: the options are invalid, or the hub did not start.</param>
public sealed class SurveyException(string message, bool isUsage = false, Exception? inner = null) : Exception(message, inner)
{
    public bool IsUsage => isUsage;
}
