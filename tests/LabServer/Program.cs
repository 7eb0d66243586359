using System.Net;
using BindToInterface.LabServer;

// The servers of a lab: the same services at the same addresses once per side, so that an answer
// tells by which side the question came.
//
//   LabServer NAME=NAMESPACE… ADDRESS…
//
// NAME is the side's name, NAMESPACE the path of its network namespace. Prints "ready" once
// everything listens, and serves until it is killed.
var sides = args.Where(word => word.Contains('=', StringComparison.Ordinal)).Select(word => word.Split('=', 2)).ToList();
var addresses = args.Where(word => !word.Contains('=', StringComparison.Ordinal)).Select(IPAddress.Parse).ToList();

foreach (var side in sides)
{
    NetworkNamespace.Run(side[1], () => Services.Start(side[0], addresses));
}

Console.WriteLine("ready");
Thread.Sleep(Timeout.Infinite);
