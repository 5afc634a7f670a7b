<?php
$wgSessionProviders[StepTest\EveryoneProvider::class] = [
	'class' => StepTest\EveryoneProvider::class,
	'args' => [ [ 'sessionCookieName' => 'EveryoneSession' ] ],
];
