<?php
$wgAuthManagerAutoConfig['primaryauth'][StepTest\ButtonProvider::class] = [
	'class' => StepTest\ButtonProvider::class,
	'args' => [ true ],
	'sort' => 210,
];
