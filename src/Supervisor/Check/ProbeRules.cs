using System.Globalization;
using BindToInterface.Policy.Routes;

namespace BindToInterface.Supervisor.Check;

/// <summary>What a probe has found, by the lines that <see cref="ProbeProgram"/> has written.</summary>
internal static class ProbeRules
{
    private const string Area = "probe";

    /// <summary>It did not even begin.</summary>
    public static Finding NotStarted(ProbeTarget target, string reason) => Finding.Problem(Area, $"{target} was not tried: {reason}");

    /// <param name="target">What was asked for.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="options">What the user asked for.</param>
    /// <param name="refusal">Why a call of it was refused; null where none was.</param>
    public static IEnumerable<Finding> Judge(ProbeTarget target, IReadOnlyList<string> lines, TrafficPolicyOptions options, string? refusal)
    {
        string because = refusal is null ? "" : $"; refused was {refusal}";
        string waited = string.Create(CultureInfo.InvariantCulture, $"{ProbeProgram.PatienceMilliseconds / 1000} s");
        bool isLookedUp = false, hasEnded = false;
        foreach (string[] line in lines.Select(line => line.Split('\t')))
        {
            switch (line)
            {
                case [ProbeProgram.Found, var time, var addresses]:
                    isLookedUp = true;
                    if (addresses != target.Host)
                    {
                        yield return Finding.Ok(Area, $"{target.Host} is {addresses.Replace(" ", ", ", StringComparison.Ordinal)} ({time} ms)");
                    }

                    break;
                case [ProbeProgram.NotFound, var time, var reason]:
                    isLookedUp = hasEnded = true;
                    yield return Finding.Problem(Area, $"{target.Host} does not resolve: {reason} ({time} ms){because}");
                    break;
                case [ProbeProgram.Failed, var time, var destination, var error]:
                    yield return Finding.Warning(Area, $"no TCP connection to {destination}: {error} ({time} ms)");
                    break;
                case [ProbeProgram.Connected, var time, var destination, var local, var device]:
                    hasEnded = true;
                    yield return Finding.Ok(Area, $"TCP connection to {destination} {Way(device, options)} from {local} ({time} ms)");
                    break;
            }
        }

        if (!isLookedUp)
        {
            yield return Finding.Problem(Area, $"{target.Host} did not resolve within {waited}{because}");
        }
        else if (!hasEnded)
        {
            yield return Finding.Problem(Area, $"{target} is not reached within {waited}{because}");
        }
    }

    private static string Way(string device, TrafficPolicyOptions options) => device.Length > 0 ? $"through {device}"
        : options.Interface is null ? "by the normal route, since no interface is set"
        : "by the normal route, since it is excluded";
}
